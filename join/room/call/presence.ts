/** Joins and leaves, reported in batches, and not at all when they were only a reconnect. */

/** Names by identity. */
export type Names = ReadonlyMap<string, string>;

export interface Delays {
  /** Milliseconds within which a return cancels the leave. */
  grace: number;
  /** Milliseconds in which further changes are reported together with the first. */
  batch: number;
}

export interface Listeners {
  onJoined: Report;
  onLeft: Report;
}

/** Who came or went, in the same order. */
type Report = (names: string[], identities: string[]) => void;

export class Presence {
  private readonly known: Map<string, string>;
  private readonly joins: Batch;
  private readonly leaves: Batch;

  /** `present`: the initial state, which is not reported. */
  constructor(present: Names, { grace, batch }: Delays, on: Listeners) {
    this.known = new Map(present);
    this.joins = new Batch({ grace: 0, batch }, on.onJoined);
    this.leaves = new Batch({ grace, batch }, on.onLeft);
  }

  update(now: Names): void {
    for (const [identity, name] of this.known) if (!now.has(identity)) this.remove(identity, name);
    for (const [identity, name] of now) this.add(identity, name);
  }

  stop(): void {
    this.joins.stop();
    this.leaves.stop();
  }

  private remove(identity: string, name: string): void {
    this.known.delete(identity);
    if (!this.joins.cancel(identity)) this.leaves.add(identity, name);
  }

  private add(identity: string, name: string): void {
    const isNew = !this.known.has(identity);
    this.known.set(identity, name);
    if (isNew && !this.leaves.cancel(identity)) this.joins.add(identity, name);
  }
}

/** Collects names and reports them together, once each has waited for `grace`. */
class Batch {
  private readonly waiting = new Map<string, { name: string; since: number }>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly delays: Delays,
    private readonly report: Report,
  ) {}

  add(identity: string, name: string): void {
    this.waiting.set(identity, { name, since: performance.now() });
    this.schedule();
  }

  /** False when it was reported already, or never added. */
  cancel(identity: string): boolean {
    return this.waiting.delete(identity);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private schedule(): void {
    const [first] = this.waiting.values(); // a Map keeps insertion order
    if (this.timer !== undefined || !first) return;
    const { grace, batch } = this.delays;
    this.timer = setTimeout(() => this.flush(), first.since + grace + batch - performance.now());
  }

  private flush(): void {
    this.timer = undefined;
    const due = [...this.waiting].filter(
      ([, { since }]) => performance.now() - since >= this.delays.grace,
    );
    const identities = due.map(([identity]) => identity);
    for (const identity of identities) this.waiting.delete(identity);
    const names = due.map(([, { name }]) => name);
    if (due.length) this.report(names, identities);
    this.schedule();
  }
}
