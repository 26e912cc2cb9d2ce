import type { Scenario } from '../scenario';
import { databaseFailure } from './database-failure';
import { failback } from './failback';
import { flapping } from './flapping';
import { partition } from './partition';
import { regionLoss } from './region-loss';
import { replicaKill } from './replica-kill';
import { switchover } from './switchover';

export const SCENARIOS: readonly Scenario[] = [
  regionLoss,
  partition,
  databaseFailure,
  replicaKill,
  flapping,
  switchover,
  failback,
];
