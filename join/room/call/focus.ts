/** The focus is never lost: when what has it disappears, what is next to it takes over. */

const FOCUSABLE =
  "a[href], button, input, select, textarea, summary, [contenteditable='true'], [tabindex]:not([tabindex='-1'])";
/** Within these one keeps to the neighbours. */
const GROUPS = "ul, ol, dialog, [popover], nav, aside, header, footer, form, section, main";

/** A place between two nodes, which stays although what was there has gone. */
export interface Spot {
  parent: Node;
  next: Node | null;
}

/** Whether an element is there, shown, and not switched off. */
export function isUsable(element: Element): boolean {
  if (!element.isConnected || element.matches(":disabled") || element.closest("[inert]"))
    return false;
  return element.checkVisibility?.() ?? element.getClientRects().length > 0;
}

/** Keep the focus in `root`, whatever goes, until the returned function is called. */
export function keepFocus(root: HTMLElement): () => void {
  const keeper = new Keeper(root);
  return () => keeper.stop();
}

class Keeper {
  private readonly over = new AbortController();
  private readonly seeing = new MutationObserver((changes) => this.heed(changes));
  /** What has the focus, or had it until it went. */
  private last: Element | null = null;
  /** Where that was, once it has gone. */
  private spot: Spot | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly root: HTMLElement) {
    const options = { signal: this.over.signal };
    root.addEventListener("focusin", ({ target }) => this.follow(target as Element), options);
    root.addEventListener("focusout", () => this.look(), options);
    const attributeFilter = ["disabled", "hidden", "inert"];
    this.seeing.observe(root, { childList: true, subtree: true, attributeFilter });
  }

  stop(): void {
    this.over.abort();
    this.seeing.disconnect();
    clearTimeout(this.timer);
  }

  private follow(focused: Element): void {
    this.last = focused;
    this.spot = null;
  }

  private heed(changes: MutationRecord[]): void {
    if (!this.last) return;
    for (const change of changes) this.spot = spotAfter(change, this.last, this.spot);
    this.look();
  }

  /** A little later: whoever took something away may have another place for the focus in mind. */
  private look(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.mend(), 50);
  }

  private mend(): void {
    const { last, root } = this;
    const now = document.activeElement;
    if (!last || (now !== last && now !== null && now !== document.body)) return;
    if (isUsable(last)) {
      if (now !== last) this.last = null; // somebody clicked beside everything
      return;
    }
    const spot = this.spot ?? { parent: last.parentNode ?? root, next: last.nextSibling };
    (nextTo(spot, root) ?? root).focus();
  }
}

/** Where `last` was: as before, or, when a change took it or its surroundings away, where those were. */
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

/** The nearest that can take over: in the same list, else in the same part of the page, else in none. */
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
