import {
  answeredWithin,
  atTheRate,
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
  readsSeeWrites,
} from '../expectations';
import type { Scenario } from '../scenario';
import { killTask } from './kill-task';

const LASTS_SECONDS = 300;
const KILLS = 7;
const BETWEEN_SECONDS = 40;

/** Five minutes at the real pace; `--rate` and `--clients` say how much is asked for. */
export const load: Scenario = {
  name: 'load',
  says: 'Users ask for much for five minutes, and tasks of the region that leads die meanwhile. Who repeats a request once notices nothing, and answers stay quick.',
  async steps(stage) {
    const fleet = stage.world.fleet(stage.leader());
    stage.trouble(`${KILLS} tasks are killed, one each ${BETWEEN_SECONDS} s.`);
    for (let count = 0; count < KILLS; count += 1) {
      await stage.pass(BETWEEN_SECONDS);
      killTask(stage, fleet, count);
    }
    await stage.pass(LASTS_SECONDS - KILLS * BETWEEN_SECONDS);
  },
  expect: [
    failedAfterOneRetry(0),
    atTheRate,
    answeredWithin({ p50: 100, p95: 350, p99: 1_000 }),
    nothingLost,
    neverTwoOpen,
    neverTwoWriters,
    readsSeeWrites,
    nobodyMoved,
  ],
};
