import { clusterName, taskFamily } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { clients } from '../../checks/aws/call';
import { operatorPorts } from '../../operate/aws';
import { clientAnswers } from '../answers';
import type { Tasks } from '../exec/ports';
import type { HealthPorts } from '../health/look';
import type { LogLines } from '../logs/lines';
import type { ServicesPorts } from '../ports';
import { alarms } from './alarms';
import { caches } from './cache';
import { scalingLimits } from './limits';
import { logLines } from './log-lines';
import { queues } from './queues';
import { revisions } from './revisions';
import { services } from './services';
import { targets } from './targets';
import { tasks } from './tasks';

/** The ports on AWS itself, with the credentials and the endpoint that the SDK finds in the environment. */
export function servicesPorts(platform: Platform): ServicesPorts & HealthPorts {
  const shared = clients();
  const cluster = clusterName(platform);
  return {
    ...operatorPorts(platform),
    services: services(shared, cluster),
    revisions: revisions(shared, (service) => taskFamily(platform, service)),
    limits: scalingLimits(shared, cluster),
    targets: targets(shared),
    caches: caches(shared),
    queues: queues(shared, platform),
    alarms: alarms(shared),
    answers: clientAnswers(),
  };
}

/** The logs of the services, likewise. */
export const logsPorts = (): LogLines => logLines(clients());

/** The tasks of the services, for commands in them, likewise. */
export const tasksPort = (platform: Platform): Tasks => tasks(clients(), clusterName(platform));
