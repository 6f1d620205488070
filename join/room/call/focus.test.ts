import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isUsable, keepFocus, nextTo } from "./focus";

/** As much of a page's element as the focus needs. */
class Fake extends EventTarget {
  parentNode: Fake | null = null;
  childNodes: Fake[] = [];
  isDisabled = false;
  isHidden = false;

  constructor(
    readonly tag: string,
    ...children: Fake[]
  ) {
    super();
    for (const child of children) child.parentNode = this;
    this.childNodes = children;
  }

  get parentElement() {
    return this.parentNode;
  }
  get nextSibling(): Fake | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  get isConnected(): boolean {
    return this.tag === "main" || !!this.parentNode?.isConnected;
  }
  matches(selector: string): boolean {
    if (selector === ":disabled") return this.isDisabled;
    return selector.split(", ").includes(this.tag);
  }
  closest(selector: string): Fake | null {
    return this.matches(selector) ? this : (this.parentNode?.closest(selector) ?? null);
  }
  checkVisibility(): boolean {
    return !this.isHidden && (this.parentNode?.checkVisibility() ?? true);
  }
  contains(other: Fake | null): boolean {
    return other === this || (!!other && this.contains(other.parentNode));
  }
  all(): Fake[] {
    return this.childNodes.flatMap((child) => [child, ...child.all()]);
  }
  querySelectorAll(selector: string) {
    return this.all().filter((one) => one.matches(selector));
  }
  compareDocumentPosition(other: Fake): number {
    const order = page.all();
    if (this.contains(other)) return 16 | 4;
    return order.indexOf(other) > order.indexOf(this) ? 4 : 2;
  }
  focus() {
    active = this;
    this.send("focusin");
  }
  blur() {
    if (active === this) active = null;
    this.send("focusout");
  }
  private send(name: string) {
    const event = new Event(name);
    Object.defineProperty(event, "target", { value: this });
    page.dispatchEvent(event);
  }
  /** As Chromium does: what has the focus and goes tells nobody. */
  remove() {
    const { parentNode, nextSibling } = this;
    if (!parentNode) return;
    if (this.contains(active)) active = null;
    parentNode.childNodes = parentNode.childNodes.filter((one) => one !== this);
    this.parentNode = null;
    const removed = { type: "childList", target: parentNode, removedNodes: [this], nextSibling };
    heed([removed as never], {} as never);
  }
  switchOff() {
    this.isDisabled = true;
    heed([{ type: "attributes", target: this, removedNodes: [] } as never], {} as never);
  }
}

let page: Fake;
let active: Fake | null;
let heed: MutationCallback;
let stop: () => void;
let muteAnna: Fake;
let muteBen: Fake;
let muteCleo: Fake;
let rows: Fake[];
let closePanel: Fake;
let panel: Fake;
let unmute: Fake;
let leave: Fake;

beforeEach(() => {
  vi.useFakeTimers();
  active = null;
  [muteAnna, muteBen, muteCleo] = [new Fake("button"), new Fake("button"), new Fake("button")];
  rows = [muteAnna, muteBen, muteCleo].map((button) => new Fake("li", button));
  closePanel = new Fake("button");
  panel = new Fake("aside", closePanel, new Fake("ul", ...rows));
  [unmute, leave] = [new Fake("button"), new Fake("button")];
  page = new Fake("main", panel, new Fake("nav", unmute, leave));
  vi.stubGlobal("Element", Fake);
  vi.stubGlobal("Node", { DOCUMENT_POSITION_CONTAINED_BY: 16, DOCUMENT_POSITION_FOLLOWING: 4 });
  const body = new Fake("body");
  vi.stubGlobal("document", {
    body,
    get activeElement() {
      return active ?? body;
    },
  });
  vi.stubGlobal(
    "MutationObserver",
    class {
      constructor(callback: MutationCallback) {
        heed = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
  stop = keepFocus(page as never);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function later() {
  vi.advanceTimersByTime(100);
  return active;
}

describe("when what has the focus goes", () => {
  it("the next in its list takes over", () => {
    muteBen.focus();
    rows[1]?.remove();
    expect(later()).toBe(muteCleo);
  });

  it("the one before does, where it was the last", () => {
    muteCleo.focus();
    rows[2]?.remove();
    expect(later()).toBe(muteBen);
  });

  it("its part of the page does, where the list is empty", () => {
    muteBen.focus();
    for (const row of rows) row.remove();
    expect(later()).toBe(closePanel);
  });

  it("the place is remembered while more goes before and after it", () => {
    muteBen.focus();
    muteBen.remove();
    rows[1]?.remove();
    rows[2]?.remove();
    expect(later()).toBe(muteAnna);
  });

  it("the whole page does, where its part went with it", () => {
    closePanel.focus();
    panel.remove();
    expect(later()).toBe(unmute);
  });

  it("the page itself does, where nothing else is left", () => {
    leave.focus();
    for (const part of [...page.childNodes]) part.remove();
    expect(later()).toBe(page);
  });

  it("what cannot be used is passed over", () => {
    muteCleo.isDisabled = true;
    muteAnna.focus();
    rows[0]?.remove();
    expect(later()).toBe(muteBen);
    muteBen.remove();
    expect(later()).toBe(closePanel);
  });
});

describe("when what has the focus is still there", () => {
  it("but switched off, the next takes over", () => {
    unmute.focus();
    unmute.switchOff();
    expect(later()).toBe(leave);
  });

  it("but switched off, and the browser took the focus away, the next takes over", () => {
    unmute.focus();
    unmute.isDisabled = true;
    unmute.blur();
    expect(later()).toBe(leave);
  });

  it("but hidden, the next takes over", () => {
    unmute.focus();
    unmute.isHidden = true;
    unmute.blur();
    expect(later()).toBe(leave);
  });

  it("a click beside everything takes the focus, and nothing takes it back", () => {
    unmute.focus();
    unmute.blur();
    expect(later()).toBeNull();
    unmute.remove();
    expect(later()).toBeNull();
  });

  it("changes elsewhere do not move it", () => {
    leave.focus();
    rows[0]?.remove();
    expect(later()).toBe(leave);
  });
});

describe("the focus is left", () => {
  it("to whoever has found another place for it", () => {
    muteBen.focus();
    panel.remove();
    leave.focus();
    expect(later()).toBe(leave);
  });

  it("alone before anything had it", () => {
    rows[0]?.remove();
    expect(later()).toBeNull();
  });

  it("alone when the call is over", () => {
    muteBen.focus();
    rows[1]?.remove();
    stop();
    expect(later()).toBeNull();
  });
});

describe("what can be used", () => {
  it.each([
    ["is there", true, () => {}],
    ["is not switched off", false, () => unmute.switchOff()],
    ["is not hidden with all around it", false, () => Object.assign(page, { isHidden: true })],
    ["has not gone", false, () => unmute.remove()],
  ])("%s", (_, isIt, arrange) => {
    arrange();
    expect(isUsable(unmute as never)).toBe(isIt);
  });
});

it("a place at the end of a list is next to the list's last", () => {
  const spot = { parent: rows[0]?.parentNode, next: null };
  expect(nextTo(spot as never, page as never)).toBe(muteCleo);
});
