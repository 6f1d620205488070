import { batch } from "@preact/signals";
import type { Room } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { speak } from "../words";
import { watchHappenings } from "./announcements";
import { type Message, messages } from "./chat";
import {
  endsAt,
  isRecording,
  type Link,
  link,
  mutedByHost,
  people,
  room,
  shares,
} from "./connection";
import { loweredByHost } from "./hands";
import { panel } from "./panels";
import type { Person, Share } from "./people";

const { heard, seen } = vi.hoisted(() => ({ heard: [] as string[], seen: [] as string[] }));

vi.mock("./announcer", () => ({
  announce: (text: string) => heard.push(text),
  tell: (text: string) => {
    heard.push(text);
    seen.push(text);
  },
}));

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

/** Everybody who is there; "Me" is oneself. */
const present = (...names: string[]) => {
  people.value = names.map(
    (name) => ({ identity: name.toLowerCase(), name, isLocal: name === "Me" }) as Person,
  );
};

const sharing = (...names: string[]) => {
  shares.value = names.map(
    (name) => ({ identity: name.toLowerCase(), name, isLocal: name === "Me" }) as Share,
  );
};

let listeners: Map<string, (...facts: unknown[]) => void>;

const connect = () => {
  listeners = new Map();
  room.value = {
    registerTextStreamHandler() {},
    unregisterTextStreamHandler() {},
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    off() {},
    localParticipant: { publishData: async () => {} },
  } as unknown as Room;
};

const raise = (name: string, raised = true) => {
  const payload = new TextEncoder().encode(JSON.stringify({ raised }));
  listeners.get("dataReceived")?.(payload, { identity: name.toLowerCase() }, 0, "hand");
};

/** The connection is lost, and made anew through the door. */
const breakOff = () =>
  batch(() => {
    link.value = "door";
    room.value = null;
    isRecording.value = false;
    shares.value = [];
  });

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  speak({
    joinedOne: "{name} joined",
    joinedSeveral: "{names} joined",
    leftOne: "{name} left",
    leftSeveral: "{names} left",
    others: "{count} others",
    saidBy: "{name}: {text}",
    sharesScreen: "{name} shares",
    sharesNoMore: "{name} shares no more",
    raisedHand: "{name} raised a hand",
    minutesLeft: "{count} minutes",
  });
  link.value = "steady";
  isRecording.value = false;
  endsAt.value = null;
  panel.value = null;
  messages.value = [];
  sharing();
  connect();
  present("Me", "Anna");
  stop = watchHappenings();
  heard.length = 0;
  seen.length = 0;
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("coming and going", () => {
  it("of those who were there before oneself is not told", () => {
    pass(60_000);
    expect(heard).toEqual([]);
  });

  it("is heard and seen", () => {
    present("Me", "Anna", "Ben");
    pass(2_000);
    present("Me", "Anna");
    pass(5_000);
    expect(heard).toEqual(["Ben joined", "Ben left"]);
    expect(seen).toEqual(heard);
  });

  it("of several is one sentence", () => {
    present("Me", "Anna", "Ben");
    pass(500);
    present("Me", "Anna", "Ben", "Cem", "Dora", "Eva");
    pass(2_000);
    expect(heard).toEqual(["Ben, Cem, and 2 others joined"]);
  });

  it("among many is heard only", () => {
    present("Me", "Anna", ..."BCDEFGHI");
    pass(2_000);
    expect(heard).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  it("for a moment is not told", () => {
    present("Me");
    pass(1_000);
    present("Me", "Anna");
    pass(20_000);
    expect(heard).toEqual([]);
  });

  it("is not told while nothing is known of the others", () => {
    link.value = "full";
    present("Me");
    pass(1_400);
    present("Me", "Anna");
    link.value = "steady";
    pass(20_000);
    expect(heard).toEqual([]);
  });

  it("while the connection was lost is told afterwards", () => {
    breakOff();
    pass(1_000);
    batch(() => {
      connect();
      link.value = "steady";
      present("Me", "Ben");
    });
    pass(10_000);
    expect(heard).toEqual(["Ben joined", "Anna left"]);
  });

  it("is not told when oneself leaves", () => {
    batch(() => {
      room.value = null;
      people.value = [];
    });
    pass(20_000);
    expect(heard).toEqual([]);
  });
});

describe("a shared screen", () => {
  it("is told when it comes and goes", () => {
    sharing("Anna");
    pass(1_000);
    sharing();
    pass(5_000);
    expect(seen).toEqual(["Anna shares", "Anna shares no more"]);
  });

  it("of one's own is not told", () => {
    sharing("Me");
    pass(1_000);
    expect(heard).toEqual([]);
  });

  it("that is away for a reconnect is not told", () => {
    sharing("Anna");
    pass(1_000);
    breakOff();
    pass(1_000);
    batch(() => {
      connect();
      link.value = "steady";
    });
    pass(1_000);
    sharing("Anna");
    pass(10_000);
    expect(heard).toEqual(["Anna shares"]);
  });
});

describe("a hand", () => {
  it("that goes up is told", () => {
    raise("Anna");
    pass(1_000);
    expect(seen).toEqual(["Anna raised a hand"]);
  });

  it("that goes down is not", () => {
    raise("Anna");
    pass(1_000);
    raise("Anna", false);
    pass(10_000);
    expect(heard).toHaveLength(1);
  });

  it("that a host lowered is told to its owner", () => {
    loweredByHost.value = loweredByHost.value + 1;
    expect(seen).toEqual(["handLowered"]);
  });
});

describe("a host who mutes", () => {
  it("is told, each time", () => {
    mutedByHost.value = Date.now() + 1;
    mutedByHost.value = Date.now() + 2;
    expect(seen).toEqual(["mutedByHost", "mutedByHost"]);
  });

  it("before this call is not told", () => {
    stop();
    mutedByHost.value = Date.now() + 1000;
    stop = watchHappenings();
    expect(heard).toEqual([]);
  });
});

describe("the recording", () => {
  it("is told when it begins and ends", () => {
    isRecording.value = true;
    isRecording.value = false;
    expect(seen).toEqual(["recordingBegan", "recordingEnded"]);
  });

  it("that goes on over a lost connection is not told", () => {
    isRecording.value = true;
    breakOff();
    batch(() => {
      connect();
      link.value = "steady";
      isRecording.value = true;
    });
    expect(heard).toEqual(["recordingBegan"]);
  });

  it("that ended during a lost connection is told", () => {
    isRecording.value = true;
    breakOff();
    batch(() => {
      connect();
      link.value = "steady";
    });
    expect(heard).toEqual(["recordingBegan", "recordingEnded"]);
  });
});

describe("the connection", () => {
  it("is told when it is interrupted for longer, and when it is back", () => {
    link.value = "signal";
    pass(1_499);
    expect(heard).toEqual([]);
    pass(1);
    expect(heard).toEqual(["reconnecting"]);
    link.value = "steady";
    expect(heard).toEqual(["reconnecting", "connectedAgain"]);
    expect(seen).toEqual(["connectedAgain"]);
  });

  it("that is back soon is not told", () => {
    link.value = "signal";
    pass(1_000);
    link.value = "steady";
    pass(20_000);
    expect(heard).toEqual([]);
  });

  it("is told once, however it goes on", () => {
    for (const now of ["signal", "full", "door"] satisfies Link[]) {
      link.value = now;
      pass(1_600);
    }
    expect(heard).toEqual(["reconnecting"]);
  });

  it("is told again when it breaks again", () => {
    for (let i = 0; i < 2; i++) {
      link.value = "signal";
      pass(2_000);
      link.value = "steady";
    }
    expect(heard).toEqual(["reconnecting", "connectedAgain", "reconnecting", "connectedAgain"]);
  });

  it("is not told to be back when the call is over", () => {
    breakOff();
    pass(2_000);
    link.value = "steady";
    expect(heard).toEqual(["reconnecting"]);
  });
});

describe("a message", () => {
  let id = 1_000;
  const write = (text: string, isOwn = false) => {
    const message: Message = { id: ++id, identity: "anna", name: "Anna", text, at: 0, isOwn };
    messages.value = [...messages.value, message];
  };

  it("is heard and seen while the panel is shut", () => {
    write("Good morning");
    expect(seen).toEqual(["Anna: Good morning"]);
  });

  it("is heard only while the panel is open", () => {
    panel.value = "chat";
    write("Good morning");
    expect(heard).toEqual(["Anna: Good morning"]);
    expect(seen).toEqual([]);
  });

  it("is told once each", () => {
    write("one");
    write("two");
    panel.value = "people";
    expect(heard).toEqual(["Anna: one", "Anna: two"]);
  });

  it("of one's own is not told", () => {
    write("one", true);
    expect(heard).toEqual([]);
  });

  it("that is long is told in part", () => {
    write("long ".repeat(100));
    expect(seen[0]?.length).toBeLessThan(140);
    expect(seen[0]).toMatch(/…$/);
  });
});

describe("the time", () => {
  it("is told when it is nearly over", () => {
    endsAt.value = Date.now() + 10.5 * 60_000;
    pass(12 * 60_000);
    expect(seen).toEqual(["10 minutes", "5 minutes", "minuteLeft"]);
  });

  it("is not told where there is no end", () => {
    endsAt.value = Date.now() + 11 * 60_000;
    endsAt.value = null;
    pass(20 * 60_000);
    expect(heard).toEqual([]);
  });
});

describe("when nobody watches", () => {
  it("nothing is told", () => {
    present("Me", "Anna", "Ben");
    link.value = "signal";
    stop();
    isRecording.value = true;
    mutedByHost.value = Date.now() + 9_999;
    pass(60_000);
    expect(heard).toEqual([]);
  });
});
