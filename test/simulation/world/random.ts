/**
 * The one source of chance of a history: a seed gives the same numbers for ever. Each part of the world draws from a
 * stream of its own, so that leaving a fault out of a history changes what the others draw as little as possible.
 */
export class Random {
  private state: number;

  /** @param seed any whole number */
  constructor(private readonly seed: number) {
    this.state = mix(seed | 0);
  }

  /** @returns an independent stream; the same name gives the same stream */
  stream(name: string): Random {
    let hash = this.seed | 0;
    for (let index = 0; index < name.length; index += 1)
      hash = mix(hash ^ (name.charCodeAt(index) + index * 131));
    return new Random(hash);
  }

  /** @returns a number of [0, 1) */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    return (mix(this.state) >>> 0) / 4294967296;
  }

  /** @returns a number of [low, high) */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** @returns a whole number of [low, high] */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** @returns a number of [low, high) whose logarithm is spread evenly: small ones are as likely as large ones */
  spread(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** @throws {RangeError} if there is nothing to pick from */
  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new RangeError('There is nothing to pick from.');
    return value;
  }
}

/** A bijection of 32 bits that spreads each bit over all (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
