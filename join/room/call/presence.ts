/** Who comes and goes, told together when it happens together, and not told when it was only for a moment. */

/** Names by identity. */
export type Names = ReadonlyMap<string, string>;

export interface Pauses {
  /** Milliseconds somebody may be away without its being told. */
  grace: number;
  /** Milliseconds in which others may come or go, and are told with the first. */
  gather: number;
}

export class Presence {
  private readonly known: Map<string, string>;
  private readonly coming: Gathering;
  private readonly going: Gathering;

  /** `there`: who is there to begin with, of which nothing is told. */
  constructor(
    there: Names,
    { grace, gather }: Pauses,
    told: { came: (names: string[]) => void; went: (names: string[]) => void },
  ) {
    this.known = new Map(there);
    this.coming = new Gathering({ grace: 0, gather }, told.came);
    this.going = new Gathering({ grace, gather }, told.went);
  }

  /** Who is there now. */
  see(now: Names): void {
    for (const [identity, name] of this.known) if (!now.has(identity)) this.lose(identity, name);
    for (const [identity, name] of now) this.find(identity, name);
  }

  stop(): void {
    this.coming.stop();
    this.going.stop();
  }

  private lose(identity: string, name: string): void {
    this.known.delete(identity);
    if (!this.coming.drop(identity)) this.going.add(identity, name);
  }

  private find(identity: string, name: string): void {
    const isNew = !this.known.has(identity);
    this.known.set(identity, name);
    if (isNew && !this.going.drop(identity)) this.coming.add(identity, name);
  }
}

/** Names that are told together, once each has waited for `grace`. */
class Gathering {
  private readonly waiting = new Map<string, { name: string; since: number }>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly pauses: Pauses,
    private readonly tell: (names: string[]) => void,
  ) {}

  add(identity: string, name: string): void {
    this.waiting.set(identity, { name, since: Date.now() });
    this.schedule();
  }

  /** False when it is told already, or never waited. */
  drop(identity: string): boolean {
    return this.waiting.delete(identity);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private schedule(): void {
    const [first] = this.waiting.values(); // a Map keeps the order of coming
    if (this.timer !== undefined || !first) return;
    const { grace, gather } = this.pauses;
    this.timer = setTimeout(() => this.ring(), first.since + grace + gather - Date.now());
  }

  private ring(): void {
    this.timer = undefined;
    const due = [...this.waiting].filter(
      ([, { since }]) => Date.now() - since >= this.pauses.grace,
    );
    for (const [identity] of due) this.waiting.delete(identity);
    if (due.length) this.tell(due.map(([, { name }]) => name));
    this.schedule();
  }
}
