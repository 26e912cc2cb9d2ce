/** Articles below `docs/runbooks/` that alarms of CloudWatch name, without their ending. */
export const RUNBOOKS = [
  'region-loss',
  'split-brain',
  'switchover',
  'failback',
  'freeze',
  'agent-paged',
  'data-corruption',
  'dropped-table',
  'ransomware',
  'copies-lost',
  'archive-gap',
  'slot-lost',
  'slot-full-disk',
  'restore-a-database',
  'cloudwatch-alarms',
  'alert-relay',
] as const;
export type Runbook = (typeof RUNBOOKS)[number];
