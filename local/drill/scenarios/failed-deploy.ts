import { shiftsTraffic } from '../../../lib/config/traffic-groups';
import { internalClient } from '../../internal';
import { newRevision, runRevision } from '../../tasks/new-revision';
import { BROKEN } from '../../tasks/sample-contract';
import {
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
  readsSeeWrites,
} from '../expectations';
import type { Scenario } from '../scenario';

export const failedDeploy: Scenario = {
  name: 'failed-deploy',
  says: 'Every service that shifts its traffic gets a revision whose tasks never become healthy, under load. The new tasks go, and the old ones serve on as if nothing had been.',
  async steps(stage) {
    const { world } = stage;
    const leader = stage.leader();
    const fleet = world.fleet(leader);
    const config = internalClient(world.aws.endpoint, world.region(leader));
    const { name, services } = world.platform;
    const shifting = services.filter(shiftsTraffic);
    if (shifting.length === 0) throw new Error(`${name} has no service that shifts its traffic`);
    const tasks = (): string =>
      shifting
        .flatMap((service) => fleet.list(service.name).map(({ plan }) => plan.id))
        .sort()
        .join();
    await stage.pass(20);
    const before = tasks();
    stage.trouble(`A revision that cannot serve is deployed in ${world.region(leader)}.`);
    const release = String(Date.now());
    const made: { readonly service: string; readonly old: string; readonly revision: string }[] = [];
    for (const { name: service } of shifting) {
      const { old, revision } = await newRevision(config, name, service, release, { [BROKEN]: 'yes' });
      made.push({ service, old, revision });
    }
    const isOver = (): boolean => made.every(({ service, revision }) => fleet.gaveUp(service) === revision);
    await stage.until('the new tasks have come and gone', () => isOver() && fleet.isComplete, 600);
    stage.judge({
      name: 'The tasks that served before serve still',
      held: before !== '' && tasks() === before,
      found: `${before.split(',').length} tasks of ${shifting.length} services did before`,
    });
    // As ECS does when it rolls back.
    for (const { service, old } of made) await runRevision(config, name, service, old);
    await stage.pass(20);
  },
  expect: [failedAfterOneRetry(0), nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites, nobodyMoved],
};
