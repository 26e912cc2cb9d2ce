import type { Instance, Turn } from '../../../bin/operate/ports';
import type { LeadershipRecord, State } from '../../../lambda/leader/record';
import { firstRecord } from '../../../lambda/leader/record';
import type { DatabaseStatus } from '../../../lambda/region-agent/ports';

/** Regions of the platform of the fixture. */
export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';
export const NOW = Date.UTC(2026, 0, 1);

/** Home serves, renewed four seconds ago, and the lead has never moved. */
export const serving = (changes: Partial<LeadershipRecord> = {}, atMs = NOW): LeadershipRecord => ({
  ...firstRecord(HOME, 60, 5),
  version: 41,
  databaseTime: new Date(atMs - 4_000).toISOString(),
  servingSince: new Date(atMs - 86_400_000).toISOString(),
  walLsn: '0/5000000',
  ...changes,
});

/** The standby leads since a move, in a state. */
export const moved = (
  state: State,
  changes: Partial<LeadershipRecord> = {},
  reason: 'switchover' | 'takeover' | 'forced' = 'takeover',
  atMs = NOW,
): LeadershipRecord => {
  const first = serving({}, atMs);
  return {
    ...first,
    epoch: 2,
    holder: STANDBY,
    state,
    version: 57,
    history: [
      ...first.history,
      { epoch: 2, holder: STANDBY, reason, sentence: `${HOME} did not renew for 75 s.` },
    ],
    ...changes,
  };
};

export const operation = (
  kind: NonNullable<LeadershipRecord['operation']>['kind'],
  to: string,
): NonNullable<LeadershipRecord['operation']> => ({ kind, id: 'one', to, sentence: 'anna asked for it.' });

/** A primary with an open lease. */
export const primary = (changes: Partial<DatabaseStatus> = {}, epoch = 1): DatabaseStatus => ({
  inRecovery: false,
  clockMs: NOW,
  timeline: 1,
  lsn: '0/5000000',
  receiveLsn: null,
  streaming: false,
  heartbeatMs: NOW,
  lease: { epoch, version: 41, limitMs: NOW + 58_000, closed: false, timeline: 1 },
  enforcedAgoSeconds: 2,
  enforceSeconds: 5,
  fencedSessions: 12,
  ...changes,
});

/** A replica that streams. */
export const standbyDatabase = (changes: Partial<DatabaseStatus> = {}): DatabaseStatus =>
  primary({ inRecovery: true, timeline: null, streaming: true, receiveLsn: '0/5000000', ...changes });

export const turn = (changes: Partial<Turn> = {}): Turn => ({
  atMs: NOW - 3_000,
  sentence: 'Renewed the lease of epoch 1 as version 41.',
  database: primary(),
  limitation: null,
  lagSeconds: null,
  ...changes,
});

export const replicaTurn = (changes: Partial<Turn> = {}): Turn =>
  turn({
    sentence: 'Watches us-east-1, which renewed 2 s ago.',
    database: standbyDatabase(),
    lagSeconds: 0.4,
    ...changes,
  });

export const instance = (changes: Partial<Instance> = {}): Instance => ({
  status: 'available',
  source: null,
  engineVersion: '17.6',
  parameterGroup: 'demo-db',
  parameterStatus: 'in-sync',
  ...changes,
});
