import { setMaxListeners } from 'node:events';
import type { Terminal } from '../../../bin/commands/terminal';
import { reasonOf } from '../../../bin/drill/failures';
import type { AwsReport } from '../../../bin/drill/report';
import { type DrillRequest, drillAws } from '../../../bin/drill/run';
import { type Ended, telling } from '../../../bin/recover/telling';
import type { Platform } from '../../../lib/config/platform';
import type { Expectation } from '../../../lib/drill/model';
import { FakeClock } from '../../support/fake-clock';
import { terminal } from '../operate/fakes';
import { platform } from '../support/ports';
import { FakeAccount } from './fakes';

export interface Drilled {
  readonly ended: Ended;
  readonly out: string;
  readonly report: AwsReport | undefined;
}

export interface Way {
  readonly request?: Partial<DrillRequest>;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly stop?: AbortSignal;
  readonly ask?: NonNullable<Terminal['ask']>;
  readonly of?: Platform;
}

/** The copy that a drill makes at the time of the fake clock. */
export const NAME = 'demo-db-promotion-drill-20260101t000000';

/** What a report says of each expectation that did not hold. */
export const brokenIn = (expectations: readonly Expectation[] = []): string[] =>
  expectations.flatMap(({ name, held, found }) => (held ? [] : [`${name}: ${found}`]));

export const account = (record?: ConstructorParameters<typeof FakeAccount>[1]): FakeAccount =>
  new FakeAccount(new FakeClock(), ...(record === undefined ? [] : [record]));

/** Drills as the command does, as fast as the fakes answer. */
export async function drilled(world: FakeAccount, way: Way = {}): Promise<Drilled> {
  const { request, dryRun = false, json = false, stop = new AbortController().signal, ask, of } = way;
  // A drill waits hundreds of times.
  setMaxListeners(0, stop);
  const { end, said } = terminal(ask ? { ask } : {});
  const demo = of ?? platform();
  const manner = { json, dryRun, clock: world.clock, stop };
  let report: AwsReport | undefined;
  const save = (made: AwsReport): string => {
    report = made;
    return 'Report: it.html';
  };
  let number = 0;
  const wanted: DrillRequest = {
    switchover: false,
    cleanUp: false,
    agreed: false,
    sentence: 'anna asked for it: drill',
    id: () => `id-${number++}`,
    ...request,
  };
  const ended = await world.clock.run(
    telling(
      demo.name,
      'drill',
      end,
      manner,
      (tell) => drillAws(demo, wanted, world, end, manner, tell, save),
      reasonOf,
    ),
  );
  return { ended, out: said.out, report };
}
