import type { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { alertManagerDefinition } from '../monitoring/routing/amp';
import { MetricsWorkspace } from '../monitoring/workspace';
import { Cluster } from '../service/cluster';
import { ImageGate } from '../service/image-gate';
import { ReadinessGate } from '../service/readiness';
import { LoadBalancer } from '../traffic/load-balancer';
import { WebAcl } from '../traffic/web-acl';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

/** What the services of a region share: cluster, balancer, firewall, the gate of their images, and where metrics go. */
export class ClusterStack extends PlatformStack {
  readonly cluster: Cluster;
  readonly balancer: LoadBalancer;
  readonly imageGate: ImageGate;
  readonly workspace: MetricsWorkspace;

  constructor(
    scope: Construct,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly foundation: FoundationStack;
      readonly network: NetworkStack;
    },
  ) {
    const { platform, role, foundation, network } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Cluster',
      description: `cluster and entrance of the ${role} region`,
      // The metrics of the past.
      holdsData: true,
    });
    const logKey = foundation.keys.operations;
    this.cluster = new Cluster(this, 'Cluster', { platform, logKey });
    this.balancer = new LoadBalancer(this, 'LoadBalancer', {
      platform,
      role,
      subnetIds: network.network.publicSubnets,
      securityGroupId: network.groups.balancer,
      accessLogs: foundation.accessLogs,
    });
    new WebAcl(this, 'WebAcl', { platform, balancerArn: this.balancer.arn, logKey });
    this.imageGate = new ImageGate(this, 'ImageGate', { platform, region, logKey });
    if (platform.services.some(({ readiness }) => readiness)) {
      new ReadinessGate(this, 'ReadinessGate', {
        platform,
        region,
        logKey,
        network: {
          subnetIds: network.network.privateSubnets,
          securityGroupIds: [network.groups.functions],
        },
      });
    }
    this.workspace = new MetricsWorkspace(this, 'Metrics', {
      platform,
      key: foundation.keys.data,
      logKey,
      alertManagerDefinition: alertManagerDefinition(platform, role),
    });
    // Always exported, also while no service has a route; see the network stack.
    for (const value of [
      this.cluster.name,
      this.balancer.httpsListenerArn,
      this.balancer.testListenerArn,
      this.balancer.fullName,
      this.imageGate.arn,
      this.workspace.id,
      this.workspace.arn,
      this.workspace.endpoint,
    ])
      this.exportValue(value);
  }
}
