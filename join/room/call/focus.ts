/** Focus management: when the focused element disappears, the nearest one is focused instead of <body>. */

const FOCUSABLE =
  "a[href], button, input, select, textarea, summary, [contenteditable='true'], [tabindex]:not([tabindex='-1'])";
/** Neighbours within these are preferred. */
const GROUPS = "ul, ol, dialog, [popover], nav, aside, header, footer, form, section, main";

/** A position between two nodes, valid after the node there was removed. */
export interface Spot {
  parent: Node;
  next: Node | null;
}

/** Whether an element is connected, visible and enabled. */
export function isUsable(element: Element): boolean {
  if (!element.isConnected || element.matches(":disabled") || element.closest("[inert]"))
    return false;
  return element.checkVisibility?.() ?? element.getClientRects().length > 0;
}

/** Keep the focus in `root` until the returned function is called. */
export function keepFocus(root: HTMLElement): () => void {
  const keeper = new FocusKeeper(root);
  return () => keeper.stop();
}

class FocusKeeper {
  private readonly over = new AbortController();
  private readonly observer = new MutationObserver((changes) => this.onMutations(changes));
  /** The focused element, also after its removal. */
  private last: Element | null = null;
  /** Its position, once it was removed. */
  private spot: Spot | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly root: HTMLElement) {
    const options = { signal: this.over.signal };
    root.addEventListener("focusin", ({ target }) => this.follow(target as Element), options);
    root.addEventListener("focusout", () => this.scheduleRestore(), options);
    const attributeFilter = ["disabled", "hidden", "inert"];
    this.observer.observe(root, { childList: true, subtree: true, attributeFilter });
  }

  stop(): void {
    this.over.abort();
    this.observer.disconnect();
    clearTimeout(this.timer);
  }

  private follow(focused: Element): void {
    this.last = focused;
    this.spot = null;
  }

  private onMutations(changes: MutationRecord[]): void {
    if (!this.last) return;
    for (const change of changes) this.spot = spotAfter(change, this.last, this.spot);
    this.scheduleRestore();
  }

  /** Deferred, because the code that removed the element may focus another one. */
  private scheduleRestore(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.restore(), 50);
  }

  private restore(): void {
    const { last, root } = this;
    const now = document.activeElement;
    if (!last || (now !== last && now !== null && now !== document.body)) return;
    if (isUsable(last)) {
      if (now !== last) this.last = null; // a click on the background
      return;
    }
    const spot = this.spot ?? { parent: last.parentNode ?? root, next: last.nextSibling };
    (nextTo(spot, root) ?? root).focus();
  }
}

/** The position of `last` after a mutation: of its own, or of the removed ancestor. */
export function spotAfter(
  { type, target, removedNodes, nextSibling }: MutationRecord,
  last: Element,
  spot: Spot | null,
): Spot | null {
  if (type !== "childList") return spot;
  const gone = [...removedNodes];
  const anchor = spot?.parent ?? last;
  if (gone.some((node) => node.contains(anchor))) return { parent: target, next: nextSibling };
  if (spot?.next && gone.includes(spot.next)) return { ...spot, next: nextSibling };
  return spot;
}

/** The nearest focusable element: in the same list, else in the same landmark. */
export function nextTo(spot: Spot, root: HTMLElement): HTMLElement | null {
  let group = groupOf(spot.parent, root);
  while (group && root.contains(group)) {
    const found = [...group.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isUsable);
    if (found.length) return found.find((one) => isAfter(one, spot)) ?? found.at(-1) ?? null;
    group = group === root ? null : groupOf(group.parentNode, root);
  }
  return null;
}

function groupOf(node: Node | null, root: HTMLElement): Element | null {
  const element = node instanceof Element ? node : (node?.parentElement ?? null);
  return element?.closest(GROUPS) ?? root;
}

function isAfter(one: Element, { parent, next }: Spot): boolean {
  const where = (next ?? parent).compareDocumentPosition(one);
  const isInside = (where & Node.DOCUMENT_POSITION_CONTAINED_BY) !== 0;
  const isLater = (where & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return next ? one === next || isInside || isLater : isLater && !isInside;
}
