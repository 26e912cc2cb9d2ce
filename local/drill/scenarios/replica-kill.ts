import {
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
  readsSeeWrites,
} from '../expectations';
import type { Scenario } from '../scenario';
import { killTask } from './kill-task';

const KILLS = 6;

export const replicaKill: Scenario = {
  name: 'replica-kill',
  says: 'Every few seconds a task of the region that leads is killed, under load. Users who repeat a request once notice nothing.',
  async steps(stage) {
    const fleet = stage.world.fleet(stage.leader());
    await stage.pass(20);
    stage.trouble(`${KILLS} tasks are killed, one after another.`);
    for (let count = 0; count < KILLS; count += 1) {
      killTask(stage, fleet, count);
      await stage.pass(20);
    }
    await stage.pass(40);
  },
  expect: [failedAfterOneRetry(0), nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites, nobodyMoved],
};
