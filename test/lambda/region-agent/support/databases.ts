import type { Seen } from '../../../../lambda/region-agent/observation';
import type {
  Answer,
  DatabaseStatus,
  FleetStatus,
  InstanceStatus,
  RebuildStatus,
} from '../../../../lambda/region-agent/ports';
import { DATABASE_MS } from './records';

export type Changes = Partial<Omit<DatabaseStatus, 'lease'>> & {
  readonly lease?: Partial<DatabaseStatus['lease']>;
};

export const known = <T>(value: T): Seen<T> => ({ known: true, value });
/** An error's message has no full stop, as most of them. */
export const unknown = (why = 'connect ECONNREFUSED 10.0.0.1:5432'): Seen<never> => ({ known: false, why });

/** A primary at epoch 1 with a lease of 60 s that belongs to version 100, five seconds after it was renewed. */
export const PRIMARY: DatabaseStatus = {
  inRecovery: false,
  clockMs: DATABASE_MS + 5_000,
  timeline: 1,
  lsn: '0/6000',
  receiveLsn: null,
  streaming: false,
  heartbeatMs: DATABASE_MS,
  lease: { epoch: 1, version: 100, limitMs: DATABASE_MS + 60_000, closed: false, timeline: 1 },
  enforcedAgoSeconds: 2,
  enforceSeconds: 5,
  fencedSessions: 0,
};

/** Its replica, which has replayed all that the record tells of. */
export const REPLICA: DatabaseStatus = {
  ...PRIMARY,
  inRecovery: true,
  timeline: null,
  lsn: '0/5000',
  receiveLsn: '0/5800',
  streaming: true,
  fencedSessions: 0,
};

const change = (status: DatabaseStatus, { lease, ...changes }: Changes): DatabaseStatus => ({
  ...status,
  ...changes,
  lease: { ...status.lease, ...lease },
});

export const primaryOf = (changes: Changes = {}): DatabaseStatus => change(PRIMARY, changes);
export const replicaOf = (changes: Changes = {}): DatabaseStatus => change(REPLICA, changes);
export const primary = (changes: Changes = {}): Seen<DatabaseStatus> => known(primaryOf(changes));
export const replica = (changes: Changes = {}): Seen<DatabaseStatus> => known(replicaOf(changes));

/** The replica after its promotion: the lease came with the log, and the timeline is a new one. */
export const promoted = (changes: Changes = {}): Seen<DatabaseStatus> =>
  primary({ ...changes, timeline: changes.timeline ?? 2 });

/** An instance of RDS; a replica of home's that is available, unless told otherwise. */
export const running = (changes: Partial<InstanceStatus> = {}): Seen<InstanceStatus | undefined> =>
  known({ status: 'available', source: 'arn:aws:rds:us-east-1:111122223333:db:holdfast', ...changes });
export const noInstance: Seen<InstanceStatus | undefined> = known(undefined);

export const answer = (answers: boolean, sentence = 'HTTP 200.'): Seen<Answer> =>
  known({ answers, sentence });

/** One service with so many tasks asked for, of which a standby runs one. */
export const fleet = (desired: number): Seen<FleetStatus> =>
  known({ services: [{ name: 'web', desired, running: desired, serving: 4, standby: 1 }] });

/** An old side at the beginning of the recipe: nothing has been done. */
export const rebuildStatus = (changes: Partial<RebuildStatus> = {}): Seen<RebuildStatus> =>
  known({
    instance: { status: 'available', source: null },
    settled: true,
    quarantine: undefined,
    snapshot: undefined,
    readReplicas: [],
    missingReadReplicas: [],
    ...changes,
  });
