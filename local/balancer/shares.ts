/** A target group of a rule, and how much of the rule's traffic it gets beside the others. */
export interface Weighted {
  readonly group: string;
  readonly weight: number;
}

/**
 * Divides the requests of a rule between its target groups by their weights. A balancer of AWS throws dice; here every
 * sequence of requests is divided as evenly as whole requests can be, so that a share can be counted.
 */
export class Shares {
  private weights: readonly Weighted[];
  /** What each group was promised and has not got yet. */
  private readonly due = new Map<string, number>();

  constructor(weights: readonly Weighted[]) {
    this.weights = weights;
  }

  /** From the next request on. */
  set(weights: readonly Weighted[]): void {
    this.weights = weights;
    this.due.clear();
  }

  weightOf(group: string): number {
    return this.weights.find((one) => one.group === group)?.weight ?? 0;
  }

  /** @returns ARN of the group that gets the next request; undefined if none has a weight */
  next(): string | undefined {
    const total = this.weights.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return undefined;
    for (const { group, weight } of this.weights) this.due.set(group, (this.due.get(group) ?? 0) + weight);
    const due = ({ group }: Weighted): number => this.due.get(group) ?? 0;
    const [first] = this.weights
      .filter(({ weight }) => weight > 0)
      .sort((one, other) => due(other) - due(one));
    if (first) this.due.set(first.group, due(first) - total);
    return first?.group;
  }
}
