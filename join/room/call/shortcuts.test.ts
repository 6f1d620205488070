import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KEYS } from "../words";
import {
  areShortcutsOn,
  type Deeds,
  deedOf,
  listenForShortcuts,
  type Press,
  SHORTCUTS,
  setShortcuts,
  shortcutFor,
} from "./shortcuts";

function press(key: string, facts: Partial<Press> = {}): Press {
  const code = key.length === 1 ? `Key${key.toUpperCase()}` : key;
  const held = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { key, code, ...held, isComposing: false, keyCode: 0, ...facts };
}

describe("a key", () => {
  it.each([
    ["m", "microphone"],
    ["v", "camera"],
    ["s", "share"],
    ["h", "hand"],
    ["c", "chat"],
    ["p", "people"],
    ["g", "view"],
    ["f", "fullScreen"],
    ["?", "shortcuts"],
    [" ", "talk"],
    ["Escape", "close"],
  ])("%j means %s", (key, deed) => {
    expect(deedOf(press(key))).toBe(deed);
  });

  it("means the same with shift and caps lock", () => {
    expect(deedOf(press("M", { shiftKey: true }))).toBe("microphone");
    expect(deedOf(press("M"))).toBe("microphone");
  });

  it.each(["x", "1", "Enter", "Tab", "F1", "Dead", "Process", "Unidentified"])(
    "%s means nothing",
    (key) => {
      expect(deedOf(press(key))).toBeNull();
    },
  );

  it.each(["ctrlKey", "metaKey", "altKey"] as const)("with %s is another command", (held) => {
    expect(deedOf(press("c", { [held]: true }))).toBeNull();
    expect(deedOf(press("Escape", { [held]: true }))).toBeNull();
  });

  it("with AltGr makes another character", () => {
    expect(deedOf(press("µ", { code: "KeyM", getModifierState: () => true }))).toBeNull();
  });

  it("is left to whoever puts a character together with it", () => {
    expect(deedOf(press("m", { isComposing: true }))).toBeNull();
    expect(deedOf(press("Escape", { isComposing: true }))).toBeNull();
    expect(deedOf(press("m", { keyCode: 229 }))).toBeNull();
  });
});

describe("on other keyboards", () => {
  it("the letter counts where letters are Latin, wherever it is", () => {
    expect(deedOf(press("m", { code: "Semicolon" }))).toBe("microphone"); // AZERTY
    expect(deedOf(press(",", { code: "KeyM" }))).toBeNull();
    expect(deedOf(press("j", { code: "KeyC" }))).toBeNull(); // Dvorak
    expect(deedOf(press("?", { code: "Minus", shiftKey: true }))).toBe("shortcuts"); // QWERTZ
  });

  it.each([
    ["ü", "KeyG"], // Turkish F
    ["é", "KeyS"],
    ["ß", "KeyS"],
  ])("%s is Latin, and no letter of ours", (key, code) => {
    expect(deedOf(press(key, { code }))).toBeNull();
  });

  it.each([
    ["ь", "KeyM", "microphone"], // Russian
    ["Ь", "KeyM", "microphone"],
    ["μ", "KeyM", "microphone"], // Greek
    ["स", "KeyM", "microphone"], // Hindi
    ["े", "KeyS", "share"], // Hindi, a vowel's sign
    ["ص", "KeyW", null], // Arabic
    ["؟", "Slash", "shortcuts"],
    ["я", "KeyZ", null],
  ])("of other letters, the place counts: %s on %s", (key, code, deed) => {
    expect(deedOf(press(key, { code, shiftKey: code === "Slash" }))).toBe(deed);
  });

  it("a slash without shift is no question mark", () => {
    expect(deedOf(press("य", { code: "Slash" }))).toBeNull();
  });
});

describe("the list", () => {
  it("has each key and each deed once", () => {
    expect(new Set(SHORTCUTS.map(({ key }) => key)).size).toBe(SHORTCUTS.length);
    expect(new Set(SHORTCUTS.map(({ deed }) => deed)).size).toBe(SHORTCUTS.length);
  });

  it("says what each does", () => {
    expect(SHORTCUTS.filter(({ says }) => !KEYS.includes(says))).toEqual([]);
  });

  it("is what is listened to", () => {
    for (const { key, deed } of SHORTCUTS) expect(deedOf(press(key))).toBe(deed);
  });
});

// What is listened to

class Page extends EventTarget {
  /** Selectors of what is on the page. */
  open: string[] = [];
  querySelector(selector: string) {
    return this.open.includes(selector) ? {} : null;
  }
}

/** An element by its tag, as far as selectors of ours go. */
function element(tag: string, hasTabIndex = false) {
  const fits = (selector: string) =>
    selector.split(", ").some((one) => one.split("[")[0] === tag) ||
    (hasTabIndex && selector.includes("[tabindex]"));
  return { matches: fits, closest: (selector: string) => (fits(selector) ? {} : null) };
}

let page: Page;
let deeds: Record<keyof Deeds, ReturnType<typeof vi.fn<() => void>>>;
let stop: () => void;

function send(name: string, facts: object, target: object = element("body")) {
  const event = Object.assign(new Event(name, { cancelable: true }), facts);
  Object.defineProperty(event, "target", { value: target });
  page.dispatchEvent(event);
  return event;
}
const type = (key: string, target?: object, facts: object = {}) =>
  send("keydown", { ...press(key), repeat: false, ...facts }, target);
const release = (key: string) => send("keyup", press(key));

function done(): string[] {
  return Object.entries(deeds).flatMap(([name, deed]) => deed.mock.calls.map(() => name));
}

beforeEach(() => {
  page = new Page();
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("CSS", { supports: () => true });
  const names = [...SHORTCUTS.map(({ deed }) => deed), "hush" as const];
  deeds = Object.fromEntries(names.map((name) => [name, vi.fn()])) as typeof deeds;
  setShortcuts(true);
  stop = listenForShortcuts(deeds);
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

describe("while nothing has the focus", () => {
  it("a key does its deed once, and nothing else", () => {
    expect(type("m").defaultPrevented).toBe(true);
    expect(done()).toEqual(["microphone"]);
  });

  it("a key that is held does it once", () => {
    type("f");
    expect(type("f", undefined, { repeat: true }).defaultPrevented).toBe(true);
    expect(done()).toEqual(["fullScreen"]);
  });

  it("a key without a deed is left alone", () => {
    expect(type("x").defaultPrevented).toBe(false);
    expect(type("c", undefined, { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("a key that somebody else has answered is left alone", () => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), press("m"));
    event.preventDefault();
    page.dispatchEvent(event);
    expect(done()).toEqual([]);
  });

  it("nothing is done any more when the call is over", () => {
    stop();
    type("m");
    expect(done()).toEqual([]);
  });
});

describe("while typing", () => {
  it.each(["input", "textarea", "select", ""])("nothing is done: <%s>", (tag) => {
    for (const { key } of SHORTCUTS.filter(({ deed }) => deed !== "close"))
      expect(type(key, element(tag)).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("escape still closes the panel", () => {
    type("Escape", element("textarea"));
    expect(done()).toEqual(["close"]);
  });

  it("except where it closes a list of choices", () => {
    type("Escape", element("select"));
    expect(done()).toEqual([]);
  });
});

describe("on a button", () => {
  it("letters do their deed", () => {
    type("m", element("button"));
    expect(done()).toEqual(["microphone"]);
  });

  it("the space bar presses it", () => {
    expect(type(" ", element("button")).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("and what can be scrolled is scrolled by it", () => {
    expect(type(" ", element("div", true)).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });
});

describe("behind", () => {
  it("a dialog nothing is done, for it closes by itself", () => {
    page.open = ["dialog[open]"];
    for (const { key } of SHORTCUTS) expect(type(key).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("a menu escape closes the menu alone", () => {
    page.open = [":popover-open"];
    expect(type("Escape").defaultPrevented).toBe(false);
    type("m");
    expect(done()).toEqual(["microphone"]);
  });

  it("a browser without such menus is not asked for them", () => {
    vi.stubGlobal("CSS", { supports: () => false });
    page.open = [":popover-open"];
    type("Escape");
    expect(done()).toEqual(["close"]);
  });
});

describe("push to talk", () => {
  it("lasts as long as the key is held", () => {
    type(" ");
    type(" ", undefined, { repeat: true });
    expect(done()).toEqual(["talk"]);
    release(" ");
    expect(done()).toEqual(["talk", "hush"]);
  });

  it("is over once", () => {
    type(" ");
    release(" ");
    release(" ");
    window.dispatchEvent(new Event("blur"));
    expect(deeds.hush).toHaveBeenCalledTimes(1);
  });

  it("is not over when another key is let go", () => {
    type(" ");
    release("m");
    expect(deeds.hush).not.toHaveBeenCalled();
  });

  it("is over when the window loses the keyboard", () => {
    type(" ");
    window.dispatchEvent(new Event("blur"));
    expect(done()).toEqual(["talk", "hush"]);
  });

  it("is over when the page is out of sight", () => {
    type(" ");
    page.dispatchEvent(new Event("visibilitychange"));
    expect(done()).toEqual(["talk", "hush"]);
  });

  it("is over with the call", () => {
    type(" ");
    stop();
    expect(done()).toEqual(["talk", "hush"]);
  });

  it("is not over where it had not begun", () => {
    release(" ");
    expect(done()).toEqual([]);
  });
});

describe("switched off", () => {
  let shelf: Map<string, string>;

  beforeEach(() => {
    shelf = new Map();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => shelf.get(key) ?? null,
      setItem: (key: string, value: string) => shelf.set(key, value),
    });
    setShortcuts(false);
  });

  it("single keys do nothing, but escape does", () => {
    for (const { key } of SHORTCUTS) type(key);
    expect(done()).toEqual(["close"]);
  });

  it("none is promised", () => {
    expect(shortcutFor("microphone")).toBeUndefined();
    expect(shortcutFor("close")).toBe("Escape");
  });

  it("is remembered, and so is switching on", async () => {
    vi.resetModules();
    expect((await import("./shortcuts")).areShortcutsOn.value).toBe(false);
    setShortcuts(true);
    vi.resetModules();
    expect((await import("./shortcuts")).areShortcutsOn.value).toBe(true);
  });

  it("can be where nothing is kept", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(() => setShortcuts(false)).not.toThrow();
    expect(areShortcutsOn.value).toBe(false);
  });
});

describe("a button's key", () => {
  it.each([
    ["microphone", "M"],
    ["shortcuts", "?"],
    ["talk", "Space"],
    ["close", "Escape"],
  ] as const)("of %s is told as %s", (deed, key) => {
    expect(shortcutFor(deed)).toBe(key);
  });
});
