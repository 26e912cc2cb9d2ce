import type { Platform } from '../config/platform';

/**
 * What a run needs beside one whole watch: a minute until the next run begins, so that at any moment one of them has a
 * watch before it, and the turns before and after.
 */
const BESIDE_THE_WATCH_SECONDS = 85;

/**
 * How long one run of the region agent lasts, in seconds: it ends by itself shortly before. A run starts every minute, so
 * with the default watch of 75 s it lasts 160 s and three overlap: in the simulated year with 1 % lost starts the cheapest
 * length at which no takeover happens that was not needed, no lease runs out, and a takeover is possible at any moment.
 */
export const agentRunSeconds = ({ leadership }: Platform): number =>
  leadership.watchSeconds + BESIDE_THE_WATCH_SECONDS;
