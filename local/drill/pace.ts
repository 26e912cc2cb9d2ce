import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { loadPlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';

export const PACES = ['fast', 'real'] as const;
export type PaceName = (typeof PACES)[number];

/** How fast a drill goes. */
export interface Pace {
  readonly name: PaceName;
  /** Timings of the platform file, of health checks and of names are divided by it. */
  readonly factor: number;
  /** How long a minute of a schedule lasts, in seconds. Shorter than the rest, many agents would run at once. */
  readonly minuteSeconds: number;
  /** From the order to start a task until it starts, in milliseconds. Fargate takes half a minute or so. */
  readonly taskStartMs: number;
  /** How long an RDS instance shows each status that passes, beside the work. */
  readonly statusSeconds: number;
}

export const PACE: Readonly<Record<PaceName, Pace>> = {
  fast: { name: 'fast', factor: 4, minuteSeconds: 30, taskStartMs: 2_000, statusSeconds: 1 },
  real: { name: 'real', factor: 1, minuteSeconds: 60, taskStartMs: 20_000, statusSeconds: 10 },
};

/** Least values that a platform file may have (lib/config/schema/regions.ts). */
const LEAST = {
  leaseSeconds: 15,
  enforceSeconds: 1,
  pollSeconds: 1,
  lagGateSeconds: 5,
  databaseOutageSeconds: 60,
} as const;
/** Scenarios follow one another within minutes: the least that a file may say, whatever this one says. */
const LEAST_BETWEEN_MOVES = 60;
/** The margin between the last session of one side and the claim of the other is not divided: clocks keep their errors. */
const WATCH = 'watchSeconds';

/**
 * @param path of the platform file
 * @returns its text with the timings of a failover divided by the factor, none below what a file may say
 */
export function atPace(path: string, platform: Platform, { name, factor }: Pace): string {
  const text = readFileSync(path, 'utf8');
  if (name === 'real') return text;
  const document = parseDocument(text);
  const { leadership } = platform;
  for (const [key, least] of Object.entries(LEAST)) {
    const value = leadership[key as keyof typeof LEAST];
    document.setIn(['leadership', key], Math.max(least, Math.round(value / factor)));
  }
  document.setIn(['leadership', 'minimumSecondsBetweenMoves'], LEAST_BETWEEN_MOVES);
  document.deleteIn(['leadership', WATCH]);
  return document.toString();
}

/** @returns the path of a platform's file, by its name below `platforms/` or as it is. @throws PlatformFileError */
export function platformFile(
  source: string,
  root: string,
): { readonly path: string; readonly platform: Platform } {
  const platform = loadPlatform(source, { root });
  const path = /[/\\]|\.ya?ml$/.test(source) ? source : join(root, 'platforms', `${source}.yaml`);
  return { path, platform };
}
