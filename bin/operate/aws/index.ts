import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../lambda/runtime/clock';
import { leadershipTable, logGroup } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { clients } from '../../checks/aws/call';
import { servedCertificates } from '../certificates';
import { filesLookIn } from '../files-look';
import type { OperatorPorts, PreflightPorts } from '../ports';
import { turnIn } from '../turn';
import { databases } from './databases';
import { deployed } from './deployed';
import { functionLog } from './function-log';
import { leadership } from './leadership';
import { secretStatuses } from './secrets';
import { traffic } from './traffic';

/** Folders of the functions below `lambda/`, which are also the names of their log groups. */
const AGENT = 'region-agent';
const SHARED_FILES = 'shared-files';

const operator = (platform: Platform, shared: ReturnType<typeof clients>): OperatorPorts => ({
  leadership: leadership(leadershipTable(platform), platform.leadership.regions, systemClock, randomUUID),
  agentLog: { turns: functionLog(shared, logGroup(platform, 'functions', AGENT), turnIn) },
  filesLog: { looks: functionLog(shared, logGroup(platform, 'functions', SHARED_FILES), filesLookIn) },
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
