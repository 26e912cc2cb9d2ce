import { setTimeout as wait } from 'node:timers/promises';
import type { AgentSettings } from '../../../lambda/region-agent/contract';

export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';
export const WITNESS = 'eu-west-1';
export type Place = typeof HOME | typeof STANDBY;

/** A lease of 3 s and a watch of 6 s, so that a takeover on the real clock takes seconds. */
const SHORT = {
  home: HOME,
  leaseSeconds: 3,
  enforceSeconds: 1,
  marginSeconds: 1,
  pollSeconds: 0.5,
  lagGateSeconds: 60,
  databaseOutageSeconds: 3,
  minimumSecondsBetweenMoves: 3_600,
  failOverOnApplicationOutage: false,
} as const;

export const otherOf = (place: Place): Place => (place === HOME ? STANDBY : HOME);

export const settingsOf = (own: Place): AgentSettings => ({ ...SHORT, own, other: otherOf(own) });

const DEADLINE_MS = 60_000;
const LOOK_MS = 50;

/**
 * Waits for a condition; a slow machine has a minute.
 * @throws if it does not come about
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + DEADLINE_MS; performance.now() < end; await wait(LOOK_MS)) {
    if (await holds()) return;
  }
  throw new Error(`It did not come to this in time: ${what}.`);
}

/** Past jest, which holds back what tests print until they end. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
