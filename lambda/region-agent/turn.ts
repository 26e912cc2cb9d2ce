import { lastEpochOf } from '../leader/history';
import type { LeadershipRecord } from '../leader/record';
import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import { act } from './act';
import type { AgentSettings } from './contract';
import { decide, mustEndSessions } from './decide';
import type { Decision, Signal } from './decision';
import { acted, type Memory, missedRecord, observed, sawRecord, wroteRecord } from './memory';
import { needs } from './need';
import type { Observation } from './observation';
import { observe } from './observe';
import type { World } from './ports';

/** Longest time a page may take, in milliseconds. */
const PAGE_MS = 4_000;

/** Longest time that ending sessions may take, in milliseconds. */
const END_MS = 4_000;

/** What one turn came to, for the log and the metrics. */
export interface Turn {
  readonly record: LeadershipRecord | undefined;
  readonly seen: Observation;
  /** Since when this run had seen the version of the record that it read, in seconds; undefined without a record. */
  readonly leaseAgeSeconds: number | undefined;
  readonly sentence: string;
  readonly limitation: string | undefined;
  readonly signals: readonly Signal[];
  /** What failed, one sentence each: nothing is passed over in silence. */
  readonly failures: readonly string[];
  /** Whether it was about something that nothing waits for. */
  readonly bestEffort: boolean;
  /** The next turn follows at once. */
  readonly again: boolean;
}

/** Observe, decide, act: once. Never throws: whatever fails is looked at again in the next turn. */
export async function takeTurn(
  world: World,
  settings: AgentSettings,
  clock: Clock,
  memory: Memory,
): Promise<Taken> {
  let record: LeadershipRecord | undefined;
  try {
    record = await world.leadership.read();
  } catch (error) {
    return withoutRecord(world, clock, memory, sentenceOf(error));
  }
  if (!record) {
    const sentence = 'The leadership table holds no record: only the first deployment of home makes one.';
    return { turn: { ...QUIET, sentence, failures: [sentence] }, memory: missedRecord(memory) };
  }
  const seeing = sawRecord(memory, record, clock.monotonic());
  const known = {
    settings,
    managed: world.managed !== undefined,
    record,
    memory: seeing,
    nowMs: clock.monotonic(),
    wallMs: clock.now(),
  };
  const seen = await observe(world, needs(known), lastEpochOf(record.history, settings.own), clock);
  const nowMs = clock.monotonic();
  const knowing = observed(seeing, seen, nowMs);
  const decision = decide({ ...known, memory: knowing, nowMs, seen });
  return carryOut(world, settings, clock, { record, seen, decision, memory: knowing });
}

/** Nobody renews and nobody takes over. What has closed by time meanwhile is kept closed. */
async function withoutRecord(world: World, clock: Clock, memory: Memory, why: string): Promise<Taken> {
  const sentence = 'Nothing is known about leadership: the lease runs out by itself, and nobody takes over.';
  const seen = await observe(world, new Set(world.managed ? ['database'] : []), 0, clock);
  const { managed } = world;
  const failed =
    managed && mustEndSessions(seen)
      ? await failureOf(() =>
          attempt(clock, END_MS, 'The end of the sessions', () => managed.database.endSessions()),
        )
      : [];
  return { turn: { ...QUIET, seen, sentence, failures: [why, ...failed] }, memory: missedRecord(memory) };
}

const QUIET = {
  record: undefined,
  seen: {},
  leaseAgeSeconds: undefined,
  limitation: undefined,
  signals: [],
  bestEffort: false,
  again: false,
} as const;

interface Decided {
  readonly record: LeadershipRecord;
  readonly seen: Observation;
  readonly decision: Decision;
  /** As it was before the record was written. */
  readonly memory: Memory;
}

interface Taken {
  readonly turn: Turn;
  readonly memory: Memory;
}

/** The record first. If it is not written, nothing else happens: another agent has decided, or the next turn looks again. */
async function carryOut(
  world: World,
  settings: AgentSettings,
  clock: Clock,
  decided: Decided,
): Promise<Taken> {
  const { record, decision, memory } = decided;
  if (!decision.next) return actAndTell(world, settings, clock, decided, record, memory);
  try {
    const { written, record: current } = await world.leadership.replace(record, decision.next);
    const now = clock.monotonic();
    if (!written) {
      const sentence = `Another agent was faster: the record is at version ${current.version}, and nothing was done.`;
      return {
        turn: { ...QUIET, record: current, leaseAgeSeconds: ageOf(memory), sentence, failures: [] },
        memory: sawRecord(memory, current, now),
      };
    }
    return actAndTell(world, settings, clock, decided, current, wroteRecord(memory, current, now));
  } catch (error) {
    return { turn: turnOf(decided, record, [sentenceOf(error)], false), memory };
  }
}

/** Then the action, and then the page, which is of the record and due though the action failed. */
async function actAndTell(
  world: World,
  settings: AgentSettings,
  clock: Clock,
  decided: Decided,
  current: LeadershipRecord,
  memory: Memory,
): Promise<Taken> {
  const { action, page, again = false } = decided.decision;
  const failures: string[] = [];
  let remembered = memory;
  if (action) {
    const begun = clock.monotonic();
    const failure = await failureOf(() => act(world, action, current, settings, clock));
    failures.push(...failure);
    remembered = acted(memory, action, failure.length === 0, begun);
  }
  if (page !== undefined) {
    const subject = `${current.holder} ${current.state}`;
    const send = () => attempt(clock, PAGE_MS, 'The page', () => world.pager.page(subject, page));
    failures.push(...(await failureOf(send)));
  }
  return { turn: turnOf(decided, current, failures, again), memory: remembered };
}

async function failureOf(work: () => Promise<void>): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [sentenceOf(error)];
  }
}

/** By the last read: what comes after it belongs to the next turn. */
const ageOf = ({ watch }: Memory): number | undefined => watch && (watch.seenMs - watch.firstMs) / 1000;

const turnOf = (
  { seen, decision, memory }: Decided,
  record: LeadershipRecord,
  failures: readonly string[],
  again: boolean,
): Turn => ({
  record,
  seen,
  leaseAgeSeconds: ageOf(memory),
  sentence: decision.sentence,
  limitation: decision.limitation,
  signals: decision.signals ?? [],
  failures,
  bestEffort: decision.action?.kind === 'task',
  again,
});
