import fc from 'fast-check';
import {
  firstRecord,
  type LeadershipRecord,
  OPERATIONS,
  type Operation,
  REASONS,
  STATES,
  TASKS,
} from '../../../lambda/leader/record';
import {
  abandoned,
  claimed,
  draining,
  handedOff,
  promoting,
  protectedAgain,
  rebuilding,
  renewed,
  serving,
  withOperation,
} from '../../../lambda/leader/steps';

export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';
export const NOW = '2026-01-01T00:00:00.000Z';
export const RENEWAL = {
  databaseTime: NOW,
  walLsn: '0/16B3748',
  ttlSeconds: 60,
  enforceSeconds: 5,
} as const;

export const first = firstRecord(HOME, 60, 5);

export const asked = (kind: Operation['kind'], to: string): Operation => ({
  kind,
  id: `${kind}-1`,
  to,
  sentence: 'A person asked for it.',
});

/** A record of each kind that a platform comes by, each made by the steps that lead there. */
const initial = renewed(first, { ...RENEWAL, outageSeconds: 0 });
const taken = claimed(initial, STANDBY, 'takeover', 'Home was silent.');
const promotion = promoting(taken, { receiveLsn: '0/20', replayLsn: '0/10' });
const left = serving(promotion, RENEWAL);
const rebuilt = rebuilding(left, asked('failback', HOME));
const guarded = protectedAgain(rebuilt);
const drained = draining(initial, asked('switchover', STANDBY));
const drainedBack = draining(guarded, asked('switchover', HOME));

export const RECORDS = {
  /** Home serves and was never left. */
  initial,
  /** The standby has claimed a platform that was never moved. */
  taken,
  promotion,
  /** The standby serves; home was left. */
  left,
  rebuilt,
  /** The standby serves; home is its replica. */
  guarded,
  drained,
  handedOver: handedOff(drained, '0/30'),
  drainedBack,
  handedBack: handedOff(drainedBack, '0/40'),
  abandoned: abandoned(drained),
  /** A person moves the lead back to home at any cost. */
  forced: claimed(withOperation(left, asked('force', HOME)), HOME, 'forced', 'A person.'),
} as const;

const words = fc.string({ minLength: 1 });
const counter = fc.integer({ min: 1 });
const region = fc.constantFrom(HOME, STANDBY);
const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const lsn = fc
  .tuple(fc.nat(), fc.nat())
  .map((parts) => parts.map((n) => n.toString(16).toUpperCase()).join('/'));

/** Any record that can be written, whether or not a platform ever comes by it. */
export const anyRecord: fc.Arbitrary<LeadershipRecord> = fc.record({
  epoch: counter,
  holder: region,
  state: fc.constantFrom(...STATES),
  version: counter,
  ttlSeconds: counter,
  enforceSeconds: counter,
  databaseTime: fc.option(time),
  walLsn: fc.option(lsn),
  servingSince: fc.option(time),
  outageSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs),
  frozen: fc.boolean(),
  operation: fc.option(
    fc.record({ kind: fc.constantFrom(...OPERATIONS), id: words, to: region, sentence: words }),
  ),
  promotedFrom: fc.option(fc.record({ receiveLsn: fc.option(lsn), replayLsn: fc.option(lsn) })),
  pending: fc.subarray([...TASKS]),
  history: fc.array(
    fc.record({ epoch: counter, holder: region, reason: fc.constantFrom(...REASONS), sentence: words }),
  ),
});
