import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { FlowLogs } from '../network/flow-logs';
import { Network, type RegionNetwork } from '../network/network';
import { SecurityGroups } from '../network/security-groups';
import { VpcEndpoints } from '../network/vpc-endpoints';
import { acknowledge } from '../security/acknowledge';
import { PlatformStack } from './platform-stack';

/** VPC of a region and who may talk to whom in it. */
export class NetworkStack extends PlatformStack {
  readonly network: RegionNetwork;
  readonly groups: SecurityGroups;

  constructor(
    scope: Construct,
    props: { readonly platform: Platform; readonly role: Role; readonly logKey: IKey },
  ) {
    const { platform, role, logKey } = props;
    const region = platform.regions[role];
    super(scope, {
      platform,
      region: region.name,
      part: 'Network',
      description: `network of the ${role} region`,
      holdsData: false,
    });
    const meant = 'The zones of the platform file are meant, and not those that CloudFormation would pick.';
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3010'] } } };
    acknowledge(this, { 'CloudFormation-Validate::W3010': meant });
    const network = new Network(this, 'Network', { platform, region });
    this.network = network;
    this.groups = new SecurityGroups(this, 'Groups', { platform, vpcId: network.vpcId });
    // Always exported, also while no service needs them: an export that goes with its last consumer would block the
    // deployment that removes it, because this stack is deployed before the consumer.
    const { balancer, databaseClients, cacheClients, brokerClients, functions } = this.groups;
    const exported = [balancer, databaseClients, cacheClients, brokerClients, functions];
    const { publicSubnets, privateSubnets, isolatedSubnets } = network;
    const subnets = [...publicSubnets, ...privateSubnets, ...isolatedSubnets];
    for (const value of [network.vpcId, ...subnets, ...exported]) this.exportValue(value);
    new VpcEndpoints(this, 'Endpoints', { platform, region, network });
    new FlowLogs(this, 'FlowLogs', { platform, vpcId: network.vpcId, logKey });
  }
}
