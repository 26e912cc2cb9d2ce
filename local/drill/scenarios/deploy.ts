import { internalClient } from '../../internal';
import { newRevision } from '../../tasks/new-revision';
import {
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
} from '../expectations';
import type { Scenario } from '../scenario';

export const deploy: Scenario = {
  name: 'deploy',
  says: 'A new revision of every service is rolled out in the region that leads, under load. Users who repeat a request once notice nothing.',
  async steps(stage) {
    const { world } = stage;
    const leader = stage.leader();
    const fleet = world.fleet(leader);
    const config = internalClient(world.aws.endpoint, world.region(leader));
    await stage.pass(20);
    stage.trouble(`A new revision of every service is deployed in ${world.region(leader)}.`);
    const { name, services } = world.platform;
    const release = String(Date.now());
    const revisions = new Map<string, string>();
    for (const service of services)
      revisions.set(service.name, await newRevision(config, name, service.name, release));
    const isNew = (): boolean =>
      fleet.list().every(({ plan }) => plan.definition === revisions.get(plan.service));
    await stage.until('every task runs the new revision', () => fleet.isComplete && isNew(), 600);
    stage.judge({
      name: 'Every task runs the new revision',
      held: isNew(),
      found: `${fleet.list().length} tasks of ${revisions.size} services do`,
    });
    await stage.pass(40);
  },
  expect: [failedAfterOneRetry(0), nothingLost, neverTwoOpen, neverTwoWriters, nobodyMoved],
};
