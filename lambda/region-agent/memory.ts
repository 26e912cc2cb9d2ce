import type { LeadershipRecord, State } from '../leader/record';
import type { Action } from './decision';
import type { Observation } from './observation';
import { ifKnown } from './observation';

/**
 * What one run of the agent remembers between its turns, and no other run knows. All of it may be lost at any moment:
 * it only makes the agent wait, or spares a repetition. Every time in it is of this process's monotonic clock in
 * milliseconds, so that clocks of two hosts are never compared and a step of this host's clock counts for nothing.
 */
export interface Memory {
  readonly watch: Watch | undefined;
  /** Since when the record has been in its state, as this run saw it. */
  readonly state: { readonly name: State; readonly epoch: number; readonly sinceMs: number } | undefined;
  /** The version that this run wrote last. */
  readonly wrote: number | undefined;
  /** When actions of this run began last, by their name; those that succeeded are in `done`. */
  readonly triedMs: Readonly<Record<string, number>>;
  readonly done: ReadonlySet<string>;
  /** What RDS said last of the own instance, and when. */
  readonly instance:
    | { readonly said: NonNullable<Observation['instance']>; readonly atMs: number }
    | undefined;
  /** When the other side's application was last asked. */
  readonly probedMs: number | undefined;
  /** Whether the other side answered then, from here or from the witness. */
  readonly otherAnswers: boolean | undefined;
  /** Since when it has answered neither. */
  readonly silentSinceMs: number | undefined;
  /** When the services of the own side were last looked at. */
  readonly fleetMs: number | undefined;
  /** Since when the own database is closed and without a session of the application. */
  readonly drainedSinceMs: number | undefined;
}

/** The version of the record that was seen last. */
interface Watch {
  readonly version: number;
  /** Whether this run saw it take the place of another one: then somebody wrote it just before `firstMs`. */
  readonly renewed: boolean;
  /** When this run saw it first. */
  readonly firstMs: number;
  /** Since when it has been seen without a gap. */
  readonly sinceMs: number;
  readonly seenMs: number;
}

export const NOTHING: Memory = {
  watch: undefined,
  state: undefined,
  wrote: undefined,
  triedMs: {},
  done: new Set(),
  instance: undefined,
  probedMs: undefined,
  otherAnswers: undefined,
  silentSinceMs: undefined,
  fleetMs: undefined,
  drainedSinceMs: undefined,
};

/** What does not outlive an epoch. */
const FORGOTTEN: Partial<Memory> = {
  done: new Set(),
  triedMs: {},
  probedMs: undefined,
  otherAnswers: undefined,
  silentSinceMs: undefined,
};

/** Longest time between two reads, in milliseconds, for which a watch goes on. */
export const GAP_MS = 10_000;

/** @returns the memory after a read of the record at `nowMs` */
export function sawRecord(memory: Memory, record: LeadershipRecord, nowMs: number): Memory {
  const { state } = memory;
  const same = memory.watch?.version === record.version ? memory.watch : undefined;
  const unbroken = same !== undefined && nowMs - same.seenMs <= GAP_MS;
  const lasts = state?.name === record.state && state.epoch === record.epoch;
  return {
    ...memory,
    watch: {
      version: record.version,
      renewed: same ? same.renewed : memory.watch !== undefined,
      firstMs: same?.firstMs ?? nowMs,
      sinceMs: unbroken ? same.sinceMs : nowMs,
      seenMs: nowMs,
    },
    state: lasts ? state : { name: record.state, epoch: record.epoch, sinceMs: nowMs },
    // What was done for one epoch is to be done again for the next, and who was silent then may not be now.
    ...(state && state.epoch !== record.epoch ? FORGOTTEN : {}),
  };
}

/** @returns the memory after a write of this run */
export const wroteRecord = (memory: Memory, record: LeadershipRecord, nowMs: number): Memory => ({
  ...sawRecord(memory, record, nowMs),
  wrote: record.version,
});

/** @returns the memory after a read that failed: a watch must be unbroken */
export const missedRecord = (memory: Memory): Memory => ({ ...memory, watch: undefined });

/** @returns the memory after an observation that was made at `nowMs` */
export function observed(memory: Memory, seen: Observation, nowMs: number): Memory {
  const database = ifKnown(seen.database);
  const drained = database?.lease.closed === true && database.fencedSessions === 0;
  return {
    ...memory,
    ...probed(memory, seen, nowMs),
    instance: seen.instance ? { said: seen.instance, atMs: nowMs } : memory.instance,
    fleetMs: seen.fleet?.known ? nowMs : memory.fleetMs,
    drainedSinceMs: drained ? (memory.drainedSinceMs ?? nowMs) : undefined,
  };
}

type Probed = Pick<Memory, 'probedMs' | 'otherAnswers' | 'silentSinceMs'>;

function probed(memory: Memory, { fromHere, fromWitness }: Observation, nowMs: number): Probed {
  if (!fromHere && !fromWitness) return memory;
  const answers = ifKnown(fromHere)?.answers === true || ifKnown(fromWitness)?.answers === true;
  // Silence counts only where both have asked and been given no answer.
  const silent = ifKnown(fromHere)?.answers === false && ifKnown(fromWitness)?.answers === false;
  return {
    probedMs: nowMs,
    otherAnswers: answers,
    silentSinceMs: silent ? (memory.silentSinceMs ?? nowMs) : undefined,
  };
}

/** @returns the name under which an action is remembered */
export const nameOfAction = (action: Action): string =>
  action.kind === 'task'
    ? action.task
    : action.kind === 'rebuild'
      ? `${action.step}${'identifier' in action ? ` ${action.identifier}` : ''}`
      : action.kind;

/** @returns the memory after an action that began at `nowMs` */
export function acted(memory: Memory, action: Action, succeeded: boolean, nowMs: number): Memory {
  const name = nameOfAction(action);
  const done = succeeded ? new Set([...memory.done, name]) : memory.done;
  return { ...memory, triedMs: { ...memory.triedMs, [name]: nowMs }, done };
}
