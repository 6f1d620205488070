import { batch } from "@preact/signals";
import type { Room } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setWords } from "../words";
import { startAnnouncements } from "./announcements";
import { type Message, messages } from "./chat";
import { now } from "./clock";
import {
  endsAt,
  isRecording,
  type Link,
  link,
  mutedByHost,
  people,
  removed,
  room,
  shares,
} from "./connection";
import { loweredByHost } from "./hands";
import { panel } from "./panels";
import type { Person, Share } from "./people";

const { announced, toasts } = vi.hoisted(() => ({
  announced: [] as string[],
  toasts: [] as string[],
}));

vi.mock("./announcer", () => ({
  announce: (text: string) => announced.push(text),
  notify: (text: string) => {
    announced.push(text);
    toasts.push(text);
  },
}));

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

/** "Me" is the local participant. */
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

let listeners: Map<string, (...args: unknown[]) => void>;

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

/** The connection is lost, and the page rejoins. */
const disconnect = () =>
  batch(() => {
    link.value = "rejoining";
    room.value = null;
    isRecording.value = false;
    shares.value = [];
  });

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  setWords({
    joinedOne: "{name} joined",
    joinedSeveral: "{names} joined",
    leftOne: "{name} left",
    leftSeveral: "{names} left",
    wasRemoved: "{name} was removed",
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
  stop = startAnnouncements();
  announced.length = 0;
  toasts.length = 0;
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("joins and leaves", () => {
  it("before the own join are not announced", () => {
    pass(60_000);
    expect(announced).toEqual([]);
  });

  it("are announced, with toasts", () => {
    present("Me", "Anna", "Ben");
    pass(2_000);
    present("Me", "Anna");
    pass(5_000);
    expect(announced).toEqual(["Ben joined", "Ben left"]);
    expect(toasts).toEqual(announced);
  });

  it("of somebody who was removed are announced as that, once, and not as leaving", () => {
    present("Me", "Anna", "Ben", "Cem");
    pass(2_000);
    announced.length = 0;
    removed.value = { identity: "ben", name: "Ben" };
    present("Me", "Anna");
    removed.value = { identity: "ben", name: "Ben" };
    expect(announced).toEqual(["Ben was removed"]);
    pass(20_000);
    removed.value = { identity: "ben", name: "Ben" }; // the server's answer may be late
    expect(announced).toEqual(["Ben was removed", "Cem left"]);
    present("Me", "Anna", "Ben");
    pass(2_000);
    present("Me", "Anna");
    pass(20_000);
    expect(announced.slice(2)).toEqual(["Ben joined", "Ben left"]);
  });

  it("of several people are one sentence", () => {
    present("Me", "Anna", "Ben");
    pass(500);
    present("Me", "Anna", "Ben", "Cem", "Dora", "Eva");
    pass(2_000);
    expect(announced).toEqual(["Ben, Cem, and 2 others joined"]);
  });

  it("have no toasts among many people", () => {
    present("Me", "Anna", ..."BCDEFGHI");
    pass(2_000);
    expect(announced).toHaveLength(1);
    expect(toasts).toEqual([]);
  });

  it("for a moment are not announced", () => {
    present("Me");
    pass(1_000);
    present("Me", "Anna");
    pass(20_000);
    expect(announced).toEqual([]);
  });

  it("are not announced during a reconnect", () => {
    link.value = "full";
    present("Me");
    pass(1_400);
    present("Me", "Anna");
    link.value = "steady";
    pass(20_000);
    expect(announced).toEqual([]);
  });

  it("during a lost connection are announced afterwards", () => {
    disconnect();
    pass(1_000);
    batch(() => {
      connect();
      link.value = "steady";
      present("Me", "Ben");
    });
    pass(10_000);
    expect(announced).toEqual(["Ben joined", "Anna left"]);
  });

  it("are not announced when this page leaves", () => {
    batch(() => {
      room.value = null;
      people.value = [];
    });
    pass(20_000);
    expect(announced).toEqual([]);
  });
});

describe("a shared screen", () => {
  it("is announced when it starts and stops", () => {
    sharing("Anna");
    pass(1_000);
    sharing();
    pass(5_000);
    expect(toasts).toEqual(["Anna shares", "Anna shares no more"]);
  });

  it("of this person is not announced", () => {
    sharing("Me");
    pass(1_000);
    expect(announced).toEqual([]);
  });

  it("is not announced again after a reconnect", () => {
    sharing("Anna");
    pass(1_000);
    disconnect();
    pass(1_000);
    batch(() => {
      connect();
      link.value = "steady";
    });
    pass(1_000);
    sharing("Anna");
    pass(10_000);
    expect(announced).toEqual(["Anna shares"]);
  });
});

describe("a hand", () => {
  it("that goes up is announced", () => {
    raise("Anna");
    pass(1_000);
    expect(toasts).toEqual(["Anna raised a hand"]);
  });

  it("that goes down is not", () => {
    raise("Anna");
    pass(1_000);
    raise("Anna", false);
    pass(10_000);
    expect(announced).toHaveLength(1);
  });

  it("that a host lowered is announced to its owner", () => {
    loweredByHost.value = loweredByHost.value + 1;
    expect(toasts).toEqual(["handLowered"]);
  });
});

describe("a host who mutes", () => {
  it("is announced, each time", () => {
    mutedByHost.value += 1;
    mutedByHost.value += 1;
    expect(toasts).toEqual(["mutedByHost", "mutedByHost"]);
  });

  it("before this call is not announced", () => {
    stop();
    mutedByHost.value += 1;
    stop = startAnnouncements();
    expect(announced).toEqual([]);
  });
});

describe("the recording", () => {
  it("is announced when it starts and ends", () => {
    isRecording.value = true;
    isRecording.value = false;
    expect(toasts).toEqual(["recordingBegan", "recordingEnded"]);
  });

  it("is not announced again after a lost connection", () => {
    isRecording.value = true;
    disconnect();
    batch(() => {
      connect();
      link.value = "steady";
      isRecording.value = true;
    });
    expect(announced).toEqual(["recordingBegan"]);
  });

  it("that ended during a lost connection is announced", () => {
    isRecording.value = true;
    disconnect();
    batch(() => {
      connect();
      link.value = "steady";
    });
    expect(announced).toEqual(["recordingBegan", "recordingEnded"]);
  });
});

describe("the connection", () => {
  it("is announced when interrupted for longer, and when restored", () => {
    link.value = "signal";
    pass(1_499);
    expect(announced).toEqual([]);
    pass(1);
    expect(announced).toEqual(["reconnecting"]);
    link.value = "steady";
    expect(announced).toEqual(["reconnecting", "connectedAgain"]);
    expect(toasts).toEqual(["connectedAgain"]);
  });

  it("that is restored soon is not announced", () => {
    link.value = "signal";
    pass(1_000);
    link.value = "steady";
    pass(20_000);
    expect(announced).toEqual([]);
  });

  it("is announced once, whatever state follows", () => {
    for (const now of ["signal", "full", "rejoining"] satisfies Link[]) {
      link.value = now;
      pass(1_600);
    }
    expect(announced).toEqual(["reconnecting"]);
  });

  it("is announced again after another interruption", () => {
    for (let i = 0; i < 2; i++) {
      link.value = "signal";
      pass(2_000);
      link.value = "steady";
    }
    expect(announced).toEqual(["reconnecting", "connectedAgain", "reconnecting", "connectedAgain"]);
  });

  it("is not announced as restored when the call is over", () => {
    disconnect();
    pass(2_000);
    link.value = "steady";
    expect(announced).toEqual(["reconnecting"]);
  });
});

describe("a message", () => {
  let id = 1_000;
  const write = (text: string, isOwn = false) => {
    const message: Message = { id: ++id, identity: "anna", name: "Anna", text, at: 0, isOwn };
    messages.value = [...messages.value, message];
  };

  it("is announced with a toast while the panel is closed", () => {
    write("Good morning");
    expect(toasts).toEqual(["Anna: Good morning"]);
  });

  it("is announced without a toast while the panel is open", () => {
    panel.value = "chat";
    write("Good morning");
    expect(announced).toEqual(["Anna: Good morning"]);
    expect(toasts).toEqual([]);
  });

  it("is announced once each", () => {
    write("one");
    write("two");
    panel.value = "people";
    expect(announced).toEqual(["Anna: one", "Anna: two"]);
  });

  it("of this person is not announced", () => {
    write("one", true);
    expect(announced).toEqual([]);
  });

  it("that is long is shortened", () => {
    write("long ".repeat(100));
    expect(toasts[0]?.length).toBeLessThan(140);
    expect(toasts[0]).toMatch(/…$/);
  });
});

describe("the time", () => {
  it("is announced when it is nearly over", () => {
    endsAt.value = now() + 10.5 * 60_000;
    pass(12 * 60_000);
    expect(toasts).toEqual(["10 minutes", "5 minutes", "minuteLeft"]);
  });

  it("is not announced where there is no end", () => {
    endsAt.value = now() + 11 * 60_000;
    endsAt.value = null;
    pass(20 * 60_000);
    expect(announced).toEqual([]);
  });
});

describe("after the end", () => {
  it("nothing is announced", () => {
    present("Me", "Anna", "Ben");
    link.value = "signal";
    stop();
    isRecording.value = true;
    mutedByHost.value += 1;
    pass(60_000);
    expect(announced).toEqual([]);
  });
});
