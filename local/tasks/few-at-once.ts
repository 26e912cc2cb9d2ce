/** Lets only a few do something at a time; the others wait in the order in which they came. */
export class FewAtOnce {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param most above 0 */
  constructor(private readonly most: number) {}

  /** @returns what the work returns @throws what it throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // Whoever is woken has been handed the place of the one that ended.
    if (this.running >= this.most) await new Promise<void>((woken) => this.waiting.push(woken));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
