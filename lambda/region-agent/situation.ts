import { hasMoved, type LeadershipRecord } from '../leader/record';
import type { AgentSettings } from './contract';
import type { Memory } from './memory';
import type { Observation } from './observation';

/** Everything a decision rests on. */
export interface Situation {
  readonly settings: AgentSettings;
  /** Whether there is a managed database: without one there is nothing to fence and nothing to promote. */
  readonly managed: boolean;
  readonly record: LeadershipRecord;
  readonly seen: Observation;
  readonly memory: Memory;
  /** On this process's monotonic clock. */
  readonly nowMs: number;
  /**
   * What this host believes the time is, in milliseconds since 1970. Only a platform without a managed database uses it,
   * to keep two moves apart.
   */
  readonly wallMs: number;
}

/** For how many milliseconds this run has watched the present version without a gap. */
export const watchedMs = ({ memory, nowMs }: Pick<Situation, 'memory' | 'nowMs'>): number =>
  memory.watch ? nowMs - memory.watch.sinceMs : 0;

/** Part of a poll after which a renewal is due, and one by which it has been seen: a turn never begins quite on time. */
const EARLY = 0.9;
const LATE = 1.1;
/** Part of a poll after which the other side's renewal may be seen. Its host's clock may go a little faster than this one's. */
const RENEWABLE = 0.8;

/**
 * Whether the holder should write the record now. Several agents run at once: the one writes that knew the version for a
 * poll already, and the others see that. A gap between two reads does not matter here, as it does for a watch.
 */
export function isDue({
  memory,
  nowMs,
  settings,
}: Pick<Situation, 'memory' | 'nowMs' | 'settings'>): boolean {
  return knownMs({ memory, nowMs }) >= EARLY * settings.pollSeconds * 1000;
}

/**
 * Whether the holder lives as far as this run can see: it renewed the record since the turn before. A version that is new
 * to this run alone proves nothing, because a run begins with one and goes on with one after a failed read.
 */
export const isRenewed = ({
  memory,
  nowMs,
  settings,
}: Pick<Situation, 'memory' | 'nowMs' | 'settings'>): boolean =>
  memory.watch?.renewed === true && knownMs({ memory, nowMs }) < LATE * settings.pollSeconds * 1000;

/**
 * How long no renewal is to be expected, in milliseconds: the holder writes a version that it has known for a poll. Of a
 * version that this run did not see come it does not know the age.
 */
export const untilRenewableMs = ({
  memory,
  nowMs,
  settings,
}: Pick<Situation, 'memory' | 'nowMs' | 'settings'>): number =>
  memory.watch?.renewed === true
    ? Math.max(0, RENEWABLE * settings.pollSeconds * 1000 - knownMs({ memory, nowMs }))
    : 0;

/** For how many milliseconds this run has known the present version. */
export const knownMs = ({ memory, nowMs }: Pick<Situation, 'memory' | 'nowMs'>): number =>
  memory.watch ? nowMs - memory.watch.firstMs : 0;

/**
 * W in milliseconds: after so long without a renewal the holder's last session is gone. T and E are those of the holder,
 * from the record: a deployment may have changed them here and not yet there.
 */
export const watchMs = ({ settings, record }: Pick<Situation, 'settings' | 'record'>): number =>
  (record.ttlSeconds + 2 * record.enforceSeconds + settings.marginSeconds) * 1000;

/** For how many milliseconds the record has been in its state, as far as this run knows. */
export const inStateMs = ({ memory, nowMs }: Pick<Situation, 'memory' | 'nowMs'>): number =>
  memory.state ? nowMs - memory.state.sinceMs : 0;

/** For so long after a move a new holder counts its services, and so often, in milliseconds. */
const YOUNG_MS = 600_000;
const COUNT_MS = 60_000;

/**
 * Whether a new holder should count its services now. A deployment that was under way when the lead moved goes on with the
 * number of tasks that it was told before, and takes away what the agent has raised since. Both times are of the database's
 * clock.
 */
export function isToCount({
  record,
  memory,
  nowMs,
}: Pick<Situation, 'record' | 'memory' | 'nowMs'>): boolean {
  const { databaseTime, servingSince, pending } = record;
  if (!hasMoved(record) || databaseTime === null || servingSince === null || pending.length > 0) return false;
  if (Date.parse(databaseTime) - Date.parse(servingSince) >= YOUNG_MS) return false;
  return memory.fleetMs === undefined || nowMs - memory.fleetMs >= COUNT_MS;
}

/** Whether an action of that name may be tried again, if it rests for `restMs` after each time. */
export function mayTry({ memory, nowMs }: Situation, name: string, restMs: number): boolean {
  const tried = memory.triedMs[name];
  return tried === undefined || nowMs - tried >= restMs;
}

/** Seconds of a duration, for a sentence. */
export const inSeconds = (milliseconds: number): number => Math.round(milliseconds / 1000);
