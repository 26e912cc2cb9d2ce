import type { Scenario } from '../scenario';
import { databaseFailure } from './database-failure';
import { deploy } from './deploy';
import { failback } from './failback';
import { failedDeploy } from './failed-deploy';
import { flapping } from './flapping';
import { load } from './load';
import { partition } from './partition';
import { regionLoss } from './region-loss';
import { replicaKill } from './replica-kill';
import { restore } from './restore';
import { switchover } from './switchover';
import { zoneLoss } from './zone-loss';

export const SCENARIOS: readonly Scenario[] = [
  regionLoss,
  partition,
  databaseFailure,
  zoneLoss,
  replicaKill,
  flapping,
  switchover,
  failback,
  deploy,
  failedDeploy,
  restore,
  load,
];
