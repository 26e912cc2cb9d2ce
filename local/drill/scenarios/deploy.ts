import type { Service } from '../../../lib/config/platform';
import { internalClient } from '../../internal';
import { newRevision } from '../../tasks/new-revision';
import {
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  noneFailed,
  nothingLost,
  readsSeeWrites,
} from '../expectations';
import type { Scenario } from '../scenario';

/** To start the tasks of all services, and to drain those that they replace. */
const REPLACED_SECONDS = 600;

/** How long the traffic takes to move from the old tasks to the new ones, and what the old ones stay for. */
function shiftSeconds({ deployment }: Service): number {
  switch (deployment.strategy) {
    case 'rolling':
      return 0;
    case 'blue-green':
      return deployment.bakeMinutes * 60;
    case 'canary':
      return (deployment.minutes + deployment.bakeMinutes) * 60;
  }
}

export const deploy: Scenario = {
  name: 'deploy',
  says: 'Every service of the region that leads gets a new revision by its own strategy, rolling, blue/green or canary, under load. No request of a user fails.',
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
    for (const service of services) {
      const { revision } = await newRevision(config, name, service.name, release);
      revisions.set(service.name, revision);
    }
    const isNew = (): boolean =>
      fleet.list().every(({ plan }) => plan.definition === revisions.get(plan.service));
    const most = REPLACED_SECONDS + Math.max(0, ...services.map(shiftSeconds));
    await stage.until('every task runs the new revision', () => fleet.isComplete && isNew(), most);
    stage.judge({
      name: 'Every task runs the new revision',
      held: isNew(),
      found: `${fleet.list().length} tasks of ${revisions.size} services do`,
    });
    await stage.pass(40);
  },
  expect: [noneFailed, nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites, nobodyMoved],
};
