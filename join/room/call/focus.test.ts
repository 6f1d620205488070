import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isUsable, keepFocus, nextTo } from "./focus";

/** A fake element. */
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
  /** As in Chromium: removing the focused element emits no focusout. */
  remove() {
    const { parentNode, nextSibling } = this;
    if (!parentNode) return;
    if (this.contains(active)) active = null;
    parentNode.childNodes = parentNode.childNodes.filter((one) => one !== this);
    this.parentNode = null;
    const removed = { type: "childList", target: parentNode, removedNodes: [this], nextSibling };
    notifyObserver([removed as never], {} as never);
  }
  switchOff() {
    this.isDisabled = true;
    notifyObserver([{ type: "attributes", target: this, removedNodes: [] } as never], {} as never);
  }
}

let page: Fake;
let active: Fake | null;
let notifyObserver: MutationCallback;
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
        notifyObserver = callback;
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

describe("when the focused element is removed", () => {
  it("the next in its list is focused", () => {
    muteBen.focus();
    rows[1]?.remove();
    expect(later()).toBe(muteCleo);
  });

  it("the one before is, where it was the last", () => {
    muteCleo.focus();
    rows[2]?.remove();
    expect(later()).toBe(muteBen);
  });

  it("its landmark is used, where the list is empty", () => {
    muteBen.focus();
    for (const row of rows) row.remove();
    expect(later()).toBe(closePanel);
  });

  it("the position is kept while more is removed before and after it", () => {
    muteBen.focus();
    muteBen.remove();
    rows[1]?.remove();
    rows[2]?.remove();
    expect(later()).toBe(muteAnna);
  });

  it("the whole page is, where its landmark was removed too", () => {
    closePanel.focus();
    panel.remove();
    expect(later()).toBe(unmute);
  });

  it("the page itself is focused, where nothing else is left", () => {
    leave.focus();
    for (const part of [...page.childNodes]) part.remove();
    expect(later()).toBe(page);
  });

  it("unusable elements are skipped", () => {
    muteCleo.isDisabled = true;
    muteAnna.focus();
    rows[0]?.remove();
    expect(later()).toBe(muteBen);
    muteBen.remove();
    expect(later()).toBe(closePanel);
  });
});

describe("when the focused element is still there", () => {
  it("but disabled, the next is focused", () => {
    unmute.focus();
    unmute.switchOff();
    expect(later()).toBe(leave);
  });

  it("but disabled, and blurred by the browser, the next is focused", () => {
    unmute.focus();
    unmute.isDisabled = true;
    unmute.blur();
    expect(later()).toBe(leave);
  });

  it("but hidden, the next is focused", () => {
    unmute.focus();
    unmute.isHidden = true;
    unmute.blur();
    expect(later()).toBe(leave);
  });

  it("a click on the background blurs it, and nothing is focused again", () => {
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

describe("the focus is not moved", () => {
  it("when other code has moved it", () => {
    muteBen.focus();
    panel.remove();
    leave.focus();
    expect(later()).toBe(leave);
  });

  it("before anything was focused", () => {
    rows[0]?.remove();
    expect(later()).toBeNull();
  });

  it("when the call is over", () => {
    muteBen.focus();
    rows[1]?.remove();
    stop();
    expect(later()).toBeNull();
  });
});

describe("a usable element", () => {
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

it("a position at the end of a list is next to its last element", () => {
  const spot = { parent: rows[0]?.parentNode, next: null };
  expect(nextTo(spot as never, page as never)).toBe(muteCleo);
});
