import type { LeadershipRecord } from '../../../../lambda/leader/record';
import type { AgentSettings } from '../../../../lambda/region-agent/contract';
import { type Memory, NOTHING } from '../../../../lambda/region-agent/memory';
import type { Observation } from '../../../../lambda/region-agent/observation';
import type { Situation } from '../../../../lambda/region-agent/situation';
import { primary, replica, running } from './databases';
import { HOME, record, STANDBY } from './records';

/** T = 60 s, E = 5 s and a margin of 5 s, so that a watch takes 75 s. */
export const SETTINGS: AgentSettings = {
  own: HOME,
  other: STANDBY,
  home: HOME,
  leaseSeconds: 60,
  enforceSeconds: 5,
  marginSeconds: 5,
  pollSeconds: 5,
  lagGateSeconds: 60,
  databaseOutageSeconds: 150,
  minimumSecondsBetweenMoves: 3600,
  failOverOnApplicationOutage: false,
};

/** W of these settings, in seconds. */
export const WATCH_SECONDS = 75;

/** The moment of every situation, on the monotonic clock in milliseconds. */
export const NOW_MS = 1_000_000;
/** What the host believes the time is meanwhile. */
export const WALL_MS = Date.UTC(2026, 5, 1);
export const secondsAgo = (seconds: number): number => NOW_MS - seconds * 1000;

export interface Parts {
  readonly settings?: Partial<AgentSettings>;
  readonly managed?: boolean;
  readonly record?: LeadershipRecord;
  readonly seen?: Observation;
  readonly memory?: Partial<Memory>;
  /** For how long the version was watched. */
  readonly watchedSeconds?: number;
  /** Whether this run saw the version take the place of another one; true unless said otherwise. */
  readonly renewed?: boolean;
  /** For how long the record has been in its state, if longer than that. */
  readonly inStateSeconds?: number;
}

/** @returns a situation at home, which leads and has just seen the record, unless the parts say otherwise */
export function situation(parts: Parts = {}): Situation {
  const present = parts.record ?? record();
  const watched = parts.watchedSeconds ?? 0;
  return {
    settings: { ...SETTINGS, ...parts.settings },
    managed: parts.managed ?? true,
    record: present,
    seen: parts.seen ?? {},
    memory: {
      ...NOTHING,
      watch: {
        version: present.version,
        renewed: parts.renewed ?? true,
        firstMs: secondsAgo(watched),
        sinceMs: secondsAgo(watched),
        seenMs: NOW_MS,
      },
      state: {
        name: present.state,
        epoch: present.epoch,
        sinceMs: secondsAgo(parts.inStateSeconds ?? watched),
      },
      ...parts.memory,
    },
    nowMs: NOW_MS,
    wallMs: WALL_MS,
  };
}

/** At home, whose primary answers and has a fresh lease. */
export const atHome = (parts: Parts = {}): Situation =>
  situation({ ...parts, seen: { database: primary(), ...parts.seen } });

/** At the standby, whose replica is fit for a takeover. */
export const atStandby = (parts: Parts = {}): Situation =>
  situation({
    ...parts,
    settings: { own: STANDBY, other: HOME, ...parts.settings },
    seen: { database: replica(), instance: running(), ...parts.seen },
  });
