import type { LeadershipRecord } from '../leader/record';
import type { AgentSettings, METRICS } from './contract';
import { lagOf } from './lag';
import { ifKnown } from './observation';
import type { DatabaseStatus } from './ports';
import type { Turn } from './turn';

/** A turn as a line of the log, and as the values that alarms look at. */
export interface TurnReport {
  /** What `holdfast status` reads. */
  readonly line: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Partial<Record<keyof typeof METRICS, number>>>;
}

/** What is known of leadership; a turn without a record knows nothing, and reports nothing rather than a 0. */
function gauges(
  { record, leaseAgeSeconds }: Turn,
  own: string,
  replica: DatabaseStatus | undefined,
): TurnReport['metrics'] {
  if (!record) return {};
  const held = record.holder === own;
  const lag = !held && replica ? lagOf(record, replica).seconds : undefined;
  return {
    leads: Number(held && serves(record)),
    epoch: record.epoch,
    ...(leaseAgeSeconds === undefined ? {} : { leaseAge: leaseAgeSeconds }),
    ...(lag === undefined ? {} : { replicationLag: lag }),
  };
}

/** Until its promotion has ended, a holder has no traffic. */
const serves = ({ state }: LeadershipRecord): boolean => state !== 'CLAIMED' && state !== 'PROMOTING';

export function turnReport(turn: Turn, { own }: AgentSettings): TurnReport {
  const { record, seen, sentence, limitation, signals, failures } = turn;
  const database = ifKnown(seen.database) ?? null;
  const replica = record && database?.inRecovery ? database : undefined;
  const has = (signal: (typeof signals)[number]): number => Number(signals.includes(signal));
  return {
    line: {
      region: own,
      sentence,
      record: record ?? null,
      database,
      lagSeconds: record && replica ? (lagOf(record, replica).seconds ?? null) : null,
      limitation: limitation ?? null,
      failures,
    },
    metrics: {
      turns: 1,
      leaseNotRenewed: has('leaseNotRenewed'),
      fenceClosed: has('fenceClosed'),
      gateRefused: has('gateRefused'),
      unsettled: has('unsettled'),
      applicationOutage: has('applicationOutage'),
      standbyUnfit: has('standbyUnfit'),
      // What a new holder still has to do is tried again for as long as the other side is away.
      failures: Number(failures.length > 0 && !turn.bestEffort),
      ...gauges(turn, own, replica),
    },
  };
}
