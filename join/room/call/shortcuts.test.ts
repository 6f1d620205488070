import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KEYS } from "../words";
import {
  type Actions,
  actionOf,
  areShortcutsOn,
  type KeyPress,
  listenForShortcuts,
  SHORTCUTS,
  setShortcuts,
  shortcutFor,
} from "./shortcuts";

function press(key: string, facts: Partial<KeyPress> = {}): KeyPress {
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
  ])("%j means %s", (key, action) => {
    expect(actionOf(press(key))).toBe(action);
  });

  it("means the same with shift and caps lock", () => {
    expect(actionOf(press("M", { shiftKey: true }))).toBe("microphone");
    expect(actionOf(press("M"))).toBe("microphone");
  });

  it.each(["x", "1", "Enter", "Tab", "F1", "Dead", "Process", "Unidentified"])(
    "%s means nothing",
    (key) => {
      expect(actionOf(press(key))).toBeNull();
    },
  );

  it.each(["ctrlKey", "metaKey", "altKey"] as const)("with %s is another command", (held) => {
    expect(actionOf(press("c", { [held]: true }))).toBeNull();
    expect(actionOf(press("Escape", { [held]: true }))).toBeNull();
  });

  it("with AltGr makes another character", () => {
    expect(actionOf(press("µ", { code: "KeyM", getModifierState: () => true }))).toBeNull();
  });

  it("is ignored during an IME composition", () => {
    expect(actionOf(press("m", { isComposing: true }))).toBeNull();
    expect(actionOf(press("Escape", { isComposing: true }))).toBeNull();
    expect(actionOf(press("m", { keyCode: 229 }))).toBeNull();
  });
});

describe("on other keyboards", () => {
  it("the character counts on Latin layouts", () => {
    expect(actionOf(press("m", { code: "Semicolon" }))).toBe("microphone"); // AZERTY
    expect(actionOf(press(",", { code: "KeyM" }))).toBeNull();
    expect(actionOf(press("j", { code: "KeyC" }))).toBeNull(); // Dvorak
    expect(actionOf(press("?", { code: "Minus", shiftKey: true }))).toBe("shortcuts"); // QWERTZ
  });

  it.each([
    ["ü", "KeyG"], // Turkish F
    ["é", "KeyS"],
    ["ß", "KeyS"],
  ])("%s is Latin, and no shortcut", (key, code) => {
    expect(actionOf(press(key, { code }))).toBeNull();
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
  ])("the physical key counts on non-Latin layouts: %s on %s", (key, code, action) => {
    expect(actionOf(press(key, { code, shiftKey: code === "Slash" }))).toBe(action);
  });

  it("a slash without shift is no question mark", () => {
    expect(actionOf(press("य", { code: "Slash" }))).toBeNull();
  });
});

describe("the list", () => {
  it("has each key and each action once", () => {
    expect(new Set(SHORTCUTS.map(({ key }) => key)).size).toBe(SHORTCUTS.length);
    expect(new Set(SHORTCUTS.map(({ action }) => action)).size).toBe(SHORTCUTS.length);
  });

  it("has a label for each", () => {
    expect(SHORTCUTS.filter(({ says }) => !KEYS.includes(says))).toEqual([]);
  });

  it("is what the listener uses", () => {
    for (const { key, action } of SHORTCUTS) expect(actionOf(press(key))).toBe(action);
  });
});

// The listener

class Page extends EventTarget {
  activeElement: object | null = null;
  /** Selectors that match something on the page. */
  open: string[] = [];
  querySelector(selector: string) {
    return this.open.includes(selector) ? {} : null;
  }
}

/** A fake element that matches selectors by its tag. */
function element(tag: string, hasTabIndex = false) {
  const fits = (selector: string) =>
    selector.split(", ").some((one) => one.split("[")[0] === tag) ||
    (hasTabIndex && selector.includes("[tabindex]"));
  return { matches: fits, closest: (selector: string) => (fits(selector) ? {} : null) };
}

let page: Page;
let actions: Record<keyof Actions, ReturnType<typeof vi.fn<() => boolean>>>;
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

/** Something that was clicked, and has the focus now. `detail`: 0 for a click by a key. */
function clicked(tag: string, detail = 1): object {
  const one = element(tag);
  page.activeElement = { closest: () => one };
  send("click", { detail }, one);
  return one;
}

function done(): string[] {
  return Object.entries(actions).flatMap(([name, action]) => action.mock.calls.map(() => name));
}

beforeEach(() => {
  page = new Page();
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("CSS", { supports: () => true });
  const names = [...SHORTCUTS.map(({ action }) => action), "stopTalking" as const];
  actions = Object.fromEntries(names.map((name) => [name, vi.fn(() => true)])) as typeof actions;
  setShortcuts(true);
  stop = listenForShortcuts(actions);
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

describe("while nothing has the focus", () => {
  it("a key triggers its action once, and nothing else", () => {
    expect(type("m").defaultPrevented).toBe(true);
    expect(done()).toEqual(["microphone"]);
  });

  it("a key that is held triggers it once", () => {
    type("f");
    expect(type("f", undefined, { repeat: true }).defaultPrevented).toBe(true);
    expect(done()).toEqual(["fullScreen"]);
  });

  it("a key without an action is ignored", () => {
    expect(type("x").defaultPrevented).toBe(false);
    expect(type("c", undefined, { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("a key that was handled already is ignored", () => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), press("m"));
    event.preventDefault();
    page.dispatchEvent(event);
    expect(done()).toEqual([]);
  });

  it("keys are ignored when the call is over", () => {
    stop();
    type("m");
    expect(done()).toEqual([]);
  });
});

describe("while typing", () => {
  it.each(["input", "textarea", "select", ""])("keys are ignored: <%s>", (tag) => {
    for (const { key } of SHORTCUTS.filter(({ action }) => action !== "close"))
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
  it("letters trigger their action", () => {
    type("m", element("button"));
    expect(done()).toEqual(["microphone"]);
  });

  it("the space bar presses it", () => {
    expect(type(" ", element("button")).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("the space bar does not press it when it was clicked by a pointer", () => {
    const button = clicked("button");
    expect(type(" ", button).defaultPrevented).toBe(true);
    expect(release(" ").defaultPrevented).toBe(true);
    expect(done()).toEqual(["talk", "stopTalking"]);
  });

  it("which is also so when there is nothing to unmute", () => {
    actions.talk.mockReturnValue(false);
    expect(type(" ", clicked("button")).defaultPrevented).toBe(true);
    expect(release(" ").defaultPrevented).toBe(true);
    expect(done()).toEqual(["talk"]);
  });

  it("but does when it has the focus by the keyboard again", () => {
    const button = clicked("button");
    page.dispatchEvent(new Event("focusin"));
    expect(type(" ", button).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("or was clicked by a key", () => {
    expect(type(" ", clicked("button", 0)).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("and what can be scrolled is scrolled by it", () => {
    expect(type(" ", element("div", true)).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });
});

describe("below", () => {
  it("a dialog keys are ignored, because it closes by itself", () => {
    page.open = ["dialog[open]"];
    for (const { key } of SHORTCUTS) expect(type(key).defaultPrevented).toBe(false);
    expect(done()).toEqual([]);
  });

  it("a menu escape closes the menu only", () => {
    page.open = [":popover-open"];
    expect(type("Escape").defaultPrevented).toBe(false);
    type("m");
    expect(done()).toEqual(["microphone"]);
  });

  it("a menu is not detected without support of :popover-open", () => {
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
    expect(done()).toEqual(["talk", "stopTalking"]);
  });

  it("is over once", () => {
    type(" ");
    release(" ");
    release(" ");
    window.dispatchEvent(new Event("blur"));
    expect(actions.stopTalking).toHaveBeenCalledTimes(1);
  });

  it("is not over when another key is released", () => {
    type(" ");
    release("m");
    expect(actions.stopTalking).not.toHaveBeenCalled();
  });

  it("is over when the window loses the focus", () => {
    type(" ");
    window.dispatchEvent(new Event("blur"));
    expect(done()).toEqual(["talk", "stopTalking"]);
  });

  it("is over when the page is hidden", () => {
    type(" ");
    page.dispatchEvent(new Event("visibilitychange"));
    expect(done()).toEqual(["talk", "stopTalking"]);
  });

  it("is over with the call", () => {
    type(" ");
    stop();
    expect(done()).toEqual(["talk", "stopTalking"]);
  });

  describe("on the own microphone's button, reached by keys", () => {
    const own = { ...element("button"), matches: () => true };

    beforeEach(() => {
      vi.useFakeTimers();
    });

    afterEach(() => {
      vi.useRealTimers();
    });

    it("is nothing but a click when it is short", () => {
      type(" ", own);
      vi.advanceTimersByTime(200);
      expect(release(" ").defaultPrevented).toBe(false);
      vi.advanceTimersByTime(1_000);
      expect(done()).toEqual([]);
    });

    it("begins when it is held, and the release does not click", () => {
      type(" ", own);
      for (let times = 0; times < 20; times++) {
        vi.advanceTimersByTime(50);
        type(" ", own, { repeat: true });
      }
      expect(done()).toEqual(["talk"]);
      expect(release(" ").defaultPrevented).toBe(true);
      expect(done()).toEqual(["talk", "stopTalking"]);
    });

    it("leaves the click that mutes alone", () => {
      actions.talk.mockReturnValue(false);
      type(" ", own);
      vi.advanceTimersByTime(1_000);
      expect(release(" ").defaultPrevented).toBe(false);
      expect(actions.stopTalking).not.toHaveBeenCalled();
    });
  });

  it("has no end without a start", () => {
    release(" ");
    expect(done()).toEqual([]);
  });
});

describe("switched off", () => {
  let storage: Map<string, string>;

  beforeEach(() => {
    storage = new Map();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    });
    setShortcuts(false);
  });

  it("single keys do nothing, but escape does", () => {
    for (const { key } of SHORTCUTS) type(key);
    expect(done()).toEqual(["close"]);
  });

  it("aria-keyshortcuts is empty", () => {
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

  it("works without storage", () => {
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
  ] as const)("of %s is %s", (action, key) => {
    expect(shortcutFor(action)).toBe(key);
  });
});
