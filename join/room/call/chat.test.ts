import type { Room } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setWords } from "../words";
import { draft, MAX_LENGTH, messages, send, sendDraft, unread, watchChat } from "./chat";
import { entering, link, room } from "./connection";
import { panel } from "./panels";

type Handler = (stream: AsyncIterable<string>, from: { identity: string }) => void;

/** A fake of LiveKit's room. */
class FakeRoom {
  handlers = new Map<string, Handler>();
  remoteParticipants = new Map([
    ["ben", { name: "Ben" }],
    ["nobody", { name: "" }],
  ]);
  sent: [string, unknown][] = [];
  localParticipant = {
    identity: "me",
    name: "Anna",
    sendText: vi.fn(async (text: string, options: unknown) => void this.sent.push([text, options])),
  };

  registerTextStreamHandler(topic: string, handler: Handler): void {
    if (this.handlers.has(topic)) throw new Error("a handler is registered already");
    this.handlers.set(topic, handler);
  }

  unregisterTextStreamHandler(topic: string): void {
    this.handlers.delete(topic);
  }
}

function enter(): FakeRoom {
  const entered = new FakeRoom();
  entering.value = entered as unknown as Room;
  room.value = entering.value;
  return entered;
}

async function* stream(...chunks: (string | Error)[]): AsyncGenerator<string> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield chunk;
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Somebody writes. */
async function write(to: FakeRoom, identity: string, ...chunks: (string | Error)[]) {
  to.handlers.get("chat")?.(stream(...chunks), { identity });
  await settled();
}

const texts = () => messages.value.map(({ text }) => text);

let here: FakeRoom;
let stop: () => void;

beforeEach(() => {
  setWords({ guest: "Guest" });
  messages.value = [];
  unread.value = 0;
  draft.value = "";
  panel.value = null;
  here = enter();
  stop = watchChat();
});

afterEach(() => {
  stop();
  room.value = null;
  link.value = "steady";
});

describe("a message of somebody else", () => {
  it("is stored with sender and time", async () => {
    const before = Date.now();
    await write(here, "ben", "Good morning");
    const [message] = messages.value;
    expect(message).toMatchObject({ identity: "ben", name: "Ben", text: "Good morning" });
    expect(message?.isOwn).toBe(false);
    expect(message?.at).toBeGreaterThanOrEqual(before);
  });

  it("may arrive in chunks", async () => {
    await write(here, "ben", "Good ", "mor", "ning");
    expect(texts()).toEqual(["Good morning"]);
  });

  it("shows nothing of what nobody sees or what turns the rest around", async () => {
    here.remoteParticipants.set("ben", { name: "B\u202ee\u200bn\n" });
    await write(here, "ben", "a\u202e\u2066b\u200f\u200bc\u0000\ufeff\td\ne");
    expect(messages.value).toMatchObject([{ name: "Ben", text: "abc\td\ne" }]);
  });

  it("keeps the joiners of scripts and emoji", async () => {
    await write(here, "ben", "क्\u200dष 👩\u200d🚀");
    expect(texts()).toEqual(["क्\u200dष 👩\u200d🚀"]);
  });

  it("ignores a message of which nothing is to be seen", async () => {
    await write(here, "ben", "\u202e\u200b \ufeff");
    here.remoteParticipants.set("ben", { name: "\u200d" });
    await write(here, "ben", "Hello");
    expect(messages.value).toMatchObject([{ name: "Guest", text: "Hello" }]);
  });

  it("keeps the sender's name of that time", async () => {
    await write(here, "ben", "one");
    here.remoteParticipants.set("ben", { name: "Benjamin" });
    await write(here, "ben", "two");
    expect(messages.value.map(({ name }) => name)).toEqual(["Ben", "Benjamin"]);
  });

  it.each(["nobody", "stranger"])("of %s is a guest's", async (identity) => {
    await write(here, identity, "hello");
    expect(messages.value[0]?.name).toBe("Guest");
  });

  it("has an id of this page's, which grows", async () => {
    await write(here, "ben", "one");
    await write(here, "ben", "one");
    const [one, two] = messages.value;
    expect(two?.id).toBeGreaterThan(one?.id ?? Number.NaN);
  });

  it("is cut where it is too long", async () => {
    await write(here, "ben", "x".repeat(MAX_LENGTH + 1));
    expect(texts()[0]).toHaveLength(MAX_LENGTH);
  });

  it("is not cut within a character", async () => {
    await write(here, "ben", `${"x".repeat(MAX_LENGTH - 1)}🙂`);
    expect(texts()).toEqual(["x".repeat(MAX_LENGTH - 1)]);
  });

  it.each([
    ["nothing", [""]],
    ["blanks", [" \n "]],
    ["far too much", ["x".repeat(20_000)]],
    ["far too much in chunks", Array(21).fill("x".repeat(1_000))],
    ["half a message", ["Good", new Error("they left")]],
  ])("that is %s is none", async (_, chunks) => {
    await write(here, "ben", ...chunks);
    expect(messages.value).toEqual([]);
  });

  it("that is far too long is read to its end all the same", async () => {
    let isAtEnd = false;
    async function* endless() {
      for (let i = 0; i < 100; i++) yield "x".repeat(1_000);
      isAtEnd = true;
    }
    here.handlers.get("chat")?.(endless(), { identity: "ben" });
    await settled();
    expect(isAtEnd).toBe(true);
  });
});

describe("the history", () => {
  it("keeps the newest five hundred", async () => {
    for (let i = 0; i < 510; i++) {
      here.handlers.get("chat")?.(stream(String(i)), { identity: "ben" });
    }
    await settled();
    expect(texts()).toHaveLength(500);
    expect(texts().at(-1)).toBe("509");
  });

  it("goes on over a new connection", async () => {
    await write(here, "ben", "before");
    room.value = null;
    const again = enter();
    await write(again, "ben", "after");
    expect(texts()).toEqual(["before", "after"]);
  });

  it("receives from the current connection only", () => {
    enter();
    expect(here.handlers.size).toBe(0);
  });

  it("receives nothing after the end", () => {
    stop();
    expect(here.handlers.size).toBe(0);
  });
});

describe("unread messages", () => {
  it("are counted while the panel is closed", async () => {
    await write(here, "ben", "one");
    panel.value = "people";
    await write(here, "ben", "two");
    expect(unread.value).toBe(2);
  });

  it("are none while it is open", async () => {
    panel.value = "chat";
    await write(here, "ben", "one");
    expect(unread.value).toBe(0);
  });

  it("are none once it has been opened", async () => {
    await write(here, "ben", "one");
    panel.value = "chat";
    expect(unread.value).toBe(0);
    panel.value = null;
    expect(unread.value).toBe(0);
  });

  it("are not one's own", async () => {
    await send("one");
    expect(unread.value).toBe(0);
  });
});

describe("sending", () => {
  it("reaches everybody, and shows one's own message", async () => {
    expect(await send("Hello")).toBe(true);
    expect(here.sent).toEqual([["Hello", { topic: "chat" }]]);
    expect(messages.value[0]).toMatchObject({ identity: "me", name: "Anna", isOwn: true });
  });

  it("leaves out blanks around it, not those within", async () => {
    await send("  one\n two \n");
    expect(here.sent[0]?.[0]).toBe("one\n two");
  });

  it("cuts what is too long", async () => {
    await send("x".repeat(MAX_LENGTH + 5));
    expect(here.sent[0]?.[0]).toHaveLength(MAX_LENGTH);
  });

  it.each(["", "  ", "\n"])("of %j does nothing", async (text) => {
    expect(await send(text)).toBe(false);
    expect(here.sent).toEqual([]);
    expect(messages.value).toEqual([]);
  });

  it("that fails says so and shows nothing", async () => {
    here.localParticipant.sendText.mockRejectedValueOnce(new Error("no data channel"));
    expect(await send("Hello")).toBe(false);
    expect(messages.value).toEqual([]);
  });

  it.each(["signal", "full", "rejoining"] as const)(
    "fails while the connection is interrupted (%s): LiveKit's client would lose it",
    async (broken) => {
      link.value = broken;
      expect(await send("Hello")).toBe(false);
      expect(here.sent).toEqual([]);
      expect(messages.value).toEqual([]);
    },
  );

  it("waits until the data channel is ready", async () => {
    const engine = { attemptingReconnect: true };
    Object.assign(here, { engine });
    const sent = send("Hello");
    await settled();
    expect(here.sent).toEqual([]);
    engine.attemptingReconnect = false;
    expect(await sent).toBe(true);
    expect(here.sent).toHaveLength(1);
  });

  it("fails when the connection is interrupted again meanwhile", async () => {
    const engine = { attemptingReconnect: true };
    Object.assign(here, { engine });
    const sent = send("Hello");
    link.value = "full";
    engine.attemptingReconnect = false;
    expect(await sent).toBe(false);
    expect(here.sent).toEqual([]);
  });

  it("fails while there is no connection", async () => {
    room.value = null;
    expect(await send("Hello")).toBe(false);
  });
});

describe("the draft", () => {
  it("is empty once it is sent", async () => {
    draft.value = "Hello";
    expect(await sendDraft()).toBe(true);
    expect(draft.value).toBe("");
  });

  it("remains when sending failed", async () => {
    room.value = null;
    draft.value = "Hello";
    expect(await sendDraft()).toBe(false);
    expect(draft.value).toBe("Hello");
  });

  it("keeps what was typed while it was sent", async () => {
    draft.value = "Hello";
    const sending = sendDraft();
    draft.value = "Hello there";
    await sending;
    expect(draft.value).toBe(" there");
  });

  it("is left alone when it has become another one", async () => {
    draft.value = "Hello";
    const sending = sendDraft();
    draft.value = "Something else";
    await sending;
    expect(draft.value).toBe("Something else");
  });
});
