import { queuesOf, runsWithTheLead } from '../service-queues';
import { eachService } from './rule';

/** The region agent starts it with the lead; a number for the standby would be one that nothing keeps. */
export const restsInTheStandby = eachService(function* (service, path) {
  const { standby } = service.replicas;
  if (standby === undefined || standby === 0 || !runsWithTheLead(service)) return;
  const isSaid = service.runs !== undefined;
  yield {
    path: [...path, 'replicas', 'standby'],
    because: [
      [...path, 'routes'],
      [...path, 'runs'],
    ],
    message: `${standby} is not allowed for a service that ${isSaid ? '' : 'has no routes and so '}runs in the leading region only: the region agent starts it with the lead; leave it out, or say 0. If it does no harm in both regions, say runs: everywhere.`,
  };
});

/** A worker in a region that does not lead would take messages and could commit nothing. */
export const workersRunWithTheLead = eachService(function* (service, path, { declared }) {
  const queues = queuesOf(service, declared(['queues']));
  if (service.runs !== 'everywhere' || service.routes.length > 0 || queues.length === 0) return;
  yield {
    path: [...path, 'runs'],
    because: [['queues'], [...path, 'routes'], [...path, 'scaling'], [...path, 'secrets']],
    message: `everywhere is not allowed for a worker of the queue ${queues.join(', ')}: in the region that does not lead its work could not be committed; allowed: leader, or leave it out.`,
  };
});
