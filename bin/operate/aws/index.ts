import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../lambda/runtime/clock';
import { leadershipTable, logGroup } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { clients } from '../../checks/aws/call';
import { servedCertificates } from '../certificates';
import type { OperatorPorts, PreflightPorts } from '../ports';
import { agentLog } from './agent-log';
import { databases } from './databases';
import { deployed } from './deployed';
import { leadership } from './leadership';
import { secretStatuses } from './secrets';
import { traffic } from './traffic';

/** Folder of the agent below `lambda/`, which is also the name of its log group. */
const AGENT = 'region-agent';

const operator = (platform: Platform, shared: ReturnType<typeof clients>): OperatorPorts => ({
  leadership: leadership(leadershipTable(platform), platform.leadership.regions, systemClock, randomUUID),
  agentLog: agentLog(shared, logGroup(platform, 'functions', AGENT)),
  databases: databases(shared),
});

/** The ports on AWS itself, with the credentials and the endpoint that the SDK finds in the environment. */
export const operatorPorts = (platform: Platform): OperatorPorts => operator(platform, clients());

export function preflightPorts(platform: Platform): PreflightPorts {
  const shared = clients();
  return {
    ...operator(platform, shared),
    secrets: secretStatuses(shared),
    traffic: traffic(shared),
    deployed: deployed(shared),
    certificates: servedCertificates(),
  };
}
