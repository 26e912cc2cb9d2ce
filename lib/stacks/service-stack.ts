import type { Construct } from 'constructs';
import type { Platform, Role, Service as ServiceConfig } from '../config/platform';
import { Service } from '../service/service';
import { backingOf } from './backing';
import type { ClusterStack } from './cluster-stack';
import type { DataStack } from './data-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

/** One service of a region. A stack each, so that adding or changing one never moves a resource of another. */
export class ServiceStack extends PlatformStack {
  /** Name of the service. */
  readonly service: string;

  constructor(
    scope: Construct,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly service: ServiceConfig;
      readonly foundation: FoundationStack;
      readonly network: NetworkStack;
      readonly data: DataStack;
      readonly cluster: ClusterStack;
    },
  ) {
    const { platform, role, service, foundation, network, data, cluster } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: `Service-${service.name}`,
      description: `service ${service.name} in the ${role} region`,
      holdsData: false,
    });
    this.service = service.name;
    new Service(this, 'Service', {
      platform,
      role,
      service,
      network: network.network,
      groups: network.groups,
      clusterName: cluster.cluster.name,
      balancer: cluster.balancer,
      imageGate: cluster.imageGate,
      backing: backingOf(platform, data),
      ...(platform.monitoring.collectors ? { workspace: cluster.workspace } : {}),
      key: foundation.keys.data,
      logKey: foundation.keys.operations,
    });
  }
}
