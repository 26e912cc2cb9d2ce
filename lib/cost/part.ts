/** What one thing costs in one region. */
export interface CostPart {
  /** What it is, in words that a bill does not have. */
  readonly name: string;
  readonly region: string;
  readonly usdPerMonth: number;
  /** How the figure comes about: the counts behind it. */
  readonly how: string;
}

/** What parts of a platform cost. */
export interface Estimate {
  readonly parts: readonly CostPart[];
  /** What should be in it and is not, because its price is not known; one sentence each. */
  readonly unpriced: readonly string[];
}

/** A month as AWS reckons with it. */
export const HOURS_PER_MONTH = 730;
export const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

/** @returns how often in a month something happens that happens every so many seconds */
export const timesPerMonth = (everySeconds: number): number => SECONDS_PER_MONTH / everySeconds;

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** @returns USD a month of all parts */
export const totalUsd = (parts: readonly CostPart[]): number =>
  sum(parts.map(({ usdPerMonth }) => usdPerMonth));

/** @returns the part that the monitoring has in the whole bill, itself included; 0 to 1 */
export function shareOf(monitoring: readonly CostPart[], platform: readonly CostPart[]): number {
  const whole = totalUsd(monitoring) + totalUsd(platform);
  return whole === 0 ? 0 : totalUsd(monitoring) / whole;
}

/** @returns the part, or nothing where there is nothing to count */
export const partIf = (isThere: boolean, part: () => CostPart): readonly CostPart[] =>
  isThere ? [part()] : [];
