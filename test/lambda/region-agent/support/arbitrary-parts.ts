import fc from 'fast-check';
import { appended } from '../../../../lambda/leader/history';
import {
  type HistoryEntry,
  type LeadershipRecord,
  OPERATIONS,
  STATES,
  TASKS,
} from '../../../../lambda/leader/record';
import { type Memory, NOTHING } from '../../../../lambda/region-agent/memory';
import type { Observation, Seen } from '../../../../lambda/region-agent/observation';
import type { Answer, DatabaseStatus, InstanceStatus } from '../../../../lambda/region-agent/ports';
import type { Situation } from '../../../../lambda/region-agent/situation';
import { DATABASE_MS, HOME, record, STANDBY, theOther } from './records';
import { NOW_MS, SETTINGS, secondsAgo, WALL_MS } from './situation';

/**
 * The parts of any situation: records that the table of transitions can lead to and some that only a person can make, every
 * part of the observation known, unknown or not looked at, and memories that need not fit to any of it. What is drawn
 * most often lies close to the limits that decisions turn on.
 */

const SMALL = { min: 0, max: 4 };
const lsn = fc.constantFrom('0/4000', '0/4FFF', '0/5000', '0/5001', '1/0');
const isoTime = fc
  .integer({ min: -7_200, max: 7_200 })
  .map((s) => new Date(DATABASE_MS + s * 1000).toISOString());
const rarely = fc.integer({ min: 0, max: 4 }).map((one) => one === 0);
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const orAbsent = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

/** A change of holder, or a claim that is given back again. */
const change = fc.record({
  reason: fc.constantFrom('takeover', 'application-outage', 'switchover', 'forced'),
  withdrawn: fc.boolean(),
});

function history(changes: readonly { reason: HistoryEntry['reason']; withdrawn: boolean }[]) {
  return changes.reduce<readonly HistoryEntry[]>((entries, { reason, withdrawn }) => {
    const add = (to: readonly HistoryEntry[], why: HistoryEntry['reason']) => {
      const last = to.at(-1);
      const holder = theOther(last?.holder ?? STANDBY);
      return appended(to, { epoch: (last?.epoch ?? 0) + 1, holder, reason: why, sentence: 'It moved.' });
    };
    const claimed = add(entries, reason);
    return withdrawn ? add(claimed, 'withdrawn') : claimed;
  }, record().history);
}

const anyRecord: fc.Arbitrary<LeadershipRecord> = fc
  .record({
    state: fc.constantFrom(...STATES),
    changes: fc.array(change, { maxLength: 3 }),
    claim: change.map((one) => ({ ...one, withdrawn: false })),
    rest: fc.record({
      ttlSeconds: fc.constantFrom(30, 60, 90),
      enforceSeconds: fc.constantFrom(1, 5, 10),
      databaseTime: orNull(isoTime),
      walLsn: orNull(lsn),
      servingSince: orNull(isoTime),
      outageSeconds: fc.constantFrom(0, 40, 149, 150, 151),
      frozen: rarely,
      operation: orNull(
        fc.record({
          kind: fc.constantFrom(...OPERATIONS),
          id: fc.constant('1'),
          to: fc.constantFrom(HOME, STANDBY),
          sentence: fc.constant('Somebody asked.'),
        }),
      ),
      pending: fc.subarray([...TASKS]),
    }),
  })
  .map(({ state, changes, claim, rest }) => {
    const underway = state === 'CLAIMED' || state === 'PROMOTING';
    const entries = history(underway ? [...changes, claim] : changes);
    const { epoch, holder } = entries.at(-1) ?? { epoch: 1, holder: HOME };
    return { ...record(), ...rest, state, epoch, holder, history: entries };
  });

/** Around the epoch and version of the record, and on this or that side of every limit. */
const database = (present: LeadershipRecord): fc.Arbitrary<DatabaseStatus> =>
  fc
    .record({
      inRecovery: fc.boolean(),
      clockMs: fc.constantFrom(0, 5_000, 5_000.7).map((ms) => DATABASE_MS + ms),
      timeline: fc.constantFrom(1, 2, 3),
      lsn,
      receiveLsn: orNull(lsn),
      streaming: fc.boolean(),
      heartbeatMs: orNull(fc.constantFrom(0, 59, 60, 61, 4_000).map((s) => DATABASE_MS - s * 1000)),
      lease: fc.record({
        epoch: fc.integer({ min: -2, max: 1 }).map((by) => Math.max(0, present.epoch + by)),
        version: fc.integer({ min: -2, max: 1 }).map((by) => present.version + by),
        limitMs: fc.oneof(
          fc.constant(1),
          fc.integer({ min: -60, max: 120 }).map((s) => DATABASE_MS + s * 1000),
        ),
        closed: fc.boolean(),
        timeline: fc.constantFrom(0, 1, 2),
      }),
      enforcedAgoSeconds: orNull(fc.constantFrom(0, 10, 10.1, 500)),
      enforceSeconds: fc.constantFrom(1, 5),
      fencedSessions: fc.integer(SMALL),
    })
    .map((status) => (status.inRecovery ? { ...status, timeline: null } : status));

const instance: fc.Arbitrary<InstanceStatus> = fc.record({
  status: fc.constantFrom('available', 'available', 'available', 'available', 'backing-up', 'rebooting'),
  source: fc.option(fc.constant('arn:of-the-leader'), { nil: null, freq: 5 }),
});
const answer: fc.Arbitrary<Answer> = fc.record({ answers: fc.boolean(), sentence: fc.constant('HTTP 503.') });

const seen = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Seen<T>> =>
  fc.oneof(
    { weight: 5, arbitrary: value.map((one): Seen<T> => ({ known: true, value: one })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('connect ECONNREFUSED', 'It gave no answer.', 'Rate exceeded')
        .map((why): Seen<T> => ({ known: false, why })),
    },
  );

/** Looked at, or not. */
const part = <T>(value: fc.Arbitrary<T>) => fc.option(seen(value), { nil: undefined, freq: 5 });

const rebuild = fc.record({
  instance: orAbsent(instance),
  settled: fc.boolean(),
  quarantine: orAbsent(instance),
  snapshot: orAbsent(fc.constantFrom('available', 'creating')),
  readReplicas: fc.array(
    fc.record({
      identifier: fc.constant('read-1'),
      status: fc.constantFrom('available', 'deleting'),
      ofInstance: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  missingReadReplicas: fc.subarray(['read-2']),
});
const fleet = fc.record({
  services: fc.array(
    fc.record({
      name: fc.constant('web'),
      desired: fc.integer(SMALL),
      running: fc.integer(SMALL),
      serving: fc.integer(SMALL),
      standby: fc.integer(SMALL),
    }),
    { maxLength: 2 },
  ),
});

const observation = (present: LeadershipRecord): fc.Arbitrary<Observation> =>
  fc
    .record({
      database: part(database(present)),
      instance: part(fc.option(instance, { nil: undefined, freq: 5 })),
      rebuild: part(rebuild),
      fleet: part(fleet),
      fromHere: part(answer),
      fromWitness: part(answer),
      ownSide: part(answer),
    })
    .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, one]) => one !== undefined)));

const ago = fc.constantFrom(0, 1, 4.5, 9, 10, 20, 30, 60, 74, 75, 100, 134, 135, 200, 400).map(secondsAgo);
const memory = (present: LeadershipRecord): fc.Arbitrary<Memory> =>
  fc
    .record({
      since: ago,
      known: ago,
      renewed: fc.boolean(),
      watches: rarely.map((one) => !one),
      state: orAbsent(ago),
      wrote: orAbsent(fc.constantFrom(present.version - 1, present.version)),
      triedMs: fc.dictionary(fc.constantFrom('promote', 'scale-up', 'scale-down', 'snapshot', ...TASKS), ago),
      done: fc.subarray(['scale-up', 'reattach-secrets', 'take-base']),
      instance: orAbsent(
        fc.record({ said: seen(fc.option(instance, { nil: undefined, freq: 5 })), atMs: ago }),
      ),
      otherAnswers: orAbsent(fc.boolean()),
      silentSinceMs: orAbsent(ago),
      drainedSinceMs: orAbsent(ago),
    })
    .map(({ since, known, renewed, watches, state, done, ...rest }) => ({
      ...NOTHING,
      ...rest,
      done: new Set(done),
      watch: watches
        ? {
            version: present.version,
            renewed,
            firstMs: Math.min(since, known),
            sinceMs: since,
            seenMs: NOW_MS,
          }
        : undefined,
      state: state === undefined ? undefined : { name: present.state, epoch: present.epoch, sinceMs: state },
    }));

/** Every part drawn on its own. */
export const drawn: fc.Arbitrary<Situation> = anyRecord.chain((present) =>
  fc
    .record({
      own: fc.constantFrom(HOME, STANDBY),
      managed: fc.oneof(
        { weight: 5, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      leaseSeconds: fc.constantFrom(25, 60, 90),
      failOverOnApplicationOutage: fc.boolean(),
      seen: observation(present),
      memory: memory(present),
    })
    .map(({ own, managed, leaseSeconds, failOverOnApplicationOutage, seen: all, memory: remembered }) => ({
      settings: { ...SETTINGS, own, other: theOther(own), leaseSeconds, failOverOnApplicationOutage },
      managed,
      record: present,
      seen: all,
      memory: remembered,
      nowMs: NOW_MS,
      wallMs: WALL_MS,
    })),
);
