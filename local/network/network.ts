/**
 * The network of the drill: between the three regions, and between the users and each of them. Whoever carries something
 * asks here whether it arrives, and hears of changes. What does not arrive is lost without a sign, as dropped packets are:
 * nobody gets an error for it.
 */

/** Outside of all regions: users, operators, and the health checkers of Route 53. */
export const OUTSIDE = 'outside';
/** A region's name, or `OUTSIDE`. */
export type End = string;

export class Network {
  private readonly closed = new Set<string>();
  private readonly gone = new Set<string>();
  private readonly listeners = new Set<() => void>();

  /** @param regions all regions with something of the platform in them */
  constructor(readonly regions: readonly string[]) {}

  /** From now on nothing that is sent from one end arrives at the other; the way back stays as it is. */
  close(from: End, to: End): void {
    this.closed.add(road(this.known(from), this.known(to)));
    this.tell();
  }

  /** Closes both ways. */
  cut(one: End, other: End): void {
    this.closed.add(road(this.known(one), this.known(other)));
    this.closed.add(road(other, one));
    this.tell();
  }

  /** Opens both ways again. */
  join(one: End, other: End): void {
    this.closed.delete(road(this.known(one), this.known(other)));
    this.closed.delete(road(other, one));
    this.tell();
  }

  /** Takes a region away: nothing reaches it, and nothing that ran in it goes on. */
  lose(region: string): void {
    this.gone.add(this.known(region));
    this.tell();
  }

  /** Gives it back. */
  regain(region: string): void {
    this.gone.delete(this.known(region));
    this.tell();
  }

  isLost(region: string): boolean {
    return this.gone.has(region);
  }

  /** Whether what is sent from one end arrives at the other. */
  arrives(from: End, to: End): boolean {
    return !this.gone.has(from) && !this.gone.has(to) && !this.closed.has(road(from, to));
  }

  /** Regions that are gone, and roads that are closed. */
  state(): { readonly lost: readonly string[]; readonly closed: readonly (readonly [End, End])[] } {
    const closed = [...this.closed].map((one) => one.split(' ') as [End, End]);
    return { lost: [...this.gone].sort(), closed };
  }

  /** @returns ends the listening */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private known(end: End): End {
    if (end === OUTSIDE || this.regions.includes(end)) return end;
    throw new Error(`The network has no ${end}: it has ${[OUTSIDE, ...this.regions].join(', ')}.`);
  }
}

const road = (from: End, to: End): string => `${from} ${to}`;
