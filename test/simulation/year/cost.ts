import type { Rhythm } from '../world/agent-function';

/** What the agents' function costs a month, in USD. */

/** Lambda on arm64 in us-east-1: a gigabyte for a second, and a million requests. */
const GB_SECOND_USD = 0.0000133334;
const MILLION_REQUESTS_USD = 0.2;
const MEMORY_GB = 256 / 1024;
const REGIONS = 2;
const SECONDS_A_MONTH = 730 * 3600;

export interface Cost {
  readonly usd: number;
  /** The reckoning, for a person. */
  readonly sentence: string;
}

/** @param runSeconds how long a run lasts on average: it ends before its time is up */
export function monthlyCost({ everySeconds }: Rhythm, runSeconds: number): Cost {
  const starts = (SECONDS_A_MONTH / everySeconds) * REGIONS;
  const gbSeconds = starts * runSeconds * MEMORY_GB;
  const usd = gbSeconds * GB_SECOND_USD + (starts / 1e6) * MILLION_REQUESTS_USD;
  const sentence = `${starts} starts in ${REGIONS} regions x ${runSeconds.toFixed(1)} s x ${MEMORY_GB} GB x ${GB_SECOND_USD} USD, and ${MILLION_REQUESTS_USD} USD for a million requests = ${usd.toFixed(2)} USD`;
  return { usd, sentence };
}
