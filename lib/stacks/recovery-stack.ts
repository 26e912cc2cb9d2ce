import type { Construct } from 'constructs';
import { onCallTopic } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { FirstRecord } from '../leadership/first-record';
import { LeadershipEndpoint } from '../leadership/leadership-endpoint';
import { OnCallTopic } from '../monitoring/on-call-topic';
import type { ManagedInstance } from '../recovery/agent-environment';
import { RecoveryAlarms } from '../recovery/alarms';
import { DatabaseSetup } from '../recovery/database-setup';
import { DeployGuard } from '../recovery/deploy-guard';
import { RegionAgent } from '../recovery/region-agent';
import type { DataStack } from './data-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

/**
 * What decides which region leads and keeps the others from writing: the fence in the database, the agent, at home the
 * first record and the first lease, in the standby the endpoint, and the alarms on all of it.
 */
export class RecoveryStack extends PlatformStack {
  constructor(
    scope: Construct,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly foundation: FoundationStack;
      readonly network: NetworkStack;
      readonly data: DataStack;
    },
  ) {
    const { platform, role, foundation } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Recovery',
      description: `leadership of the ${role} region`,
      holdsData: false,
    });
    const logKey = foundation.keys.operations;
    const network = {
      subnetIds: props.network.network.privateSubnets,
      securityGroupIds: [props.network.groups.functions],
    };
    const shared = { platform, role, logKey, network };
    const { topicArn } = new OnCallTopic(this, 'OnCall', {
      platform,
      name: onCallTopic(platform),
      description: `pages of the ${role} region`,
      key: logKey,
    });
    const instance = managedInstance(props);
    // Before anybody leads there is a fence; before an agent renews there is a record; services wait for the stack.
    const fence = instance && new DatabaseSetup(this, 'Database', { ...shared, instance });
    const record =
      role === 'home'
        ? new FirstRecord(this, 'FirstRecord', {
            platform,
            logKey,
            ...(fence ? { leaseEpoch: fence.leaseEpoch } : {}),
          })
        : undefined;
    const agent = new RegionAgent(this, 'Agent', { ...shared, ...(instance ? { instance } : {}) });
    if (fence) agent.start.node.addDependency(fence);
    if (record) agent.start.node.addDependency(record.record);
    if (fence) record?.waitForFirstLease(agent);
    new RecoveryAlarms(this, 'Alarms', { platform, topicArn, agentName: agent.functionName });
    if (role === 'standby') new LeadershipEndpoint(this, 'Endpoint', { platform, place: 'standby', logKey });
    if (platform.leadership.deployGuard) new DeployGuard(this, 'DeployGuard', { platform, role, logKey });
  }
}

/** The database of the region as its agent must know it; undefined without a managed one. */
function managedInstance({
  platform,
  foundation,
  network,
  data,
}: {
  readonly platform: Platform;
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
  readonly data: DataStack;
}): ManagedInstance | undefined {
  const { database } = platform;
  if (database?.kind !== 'managed' || !data.database) return undefined;
  return {
    database,
    host: data.database.instance.attrEndpointAddress,
    parameterGroup: data.database.parameterGroup,
    securityGroup: network.groups.database,
    keyArn: foundation.keys.data.keyArn,
  };
}
