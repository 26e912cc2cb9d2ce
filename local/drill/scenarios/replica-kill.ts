import {
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
} from '../expectations';
import type { Scenario } from '../scenario';

const KILLS = 6;

export const replicaKill: Scenario = {
  name: 'replica-kill',
  says: 'Every few seconds a task of the region that leads is killed, under load. Users who repeat a request once notice nothing.',
  async steps(stage) {
    const fleet = stage.world.fleet(stage.leader());
    await stage.pass(20);
    stage.trouble(`${KILLS} tasks are killed, one after another.`);
    for (let count = 0; count < KILLS; count += 1) {
      const tasks = fleet.list();
      const task = tasks[count % Math.max(1, tasks.length)];
      if (task) {
        stage.note(`A task of ${task.plan.service} is killed.`);
        task.kill();
      }
      await stage.pass(20);
    }
    await stage.pass(40);
  },
  expect: [failedAfterOneRetry(0), nothingLost, neverTwoOpen, neverTwoWriters, nobodyMoved],
};
