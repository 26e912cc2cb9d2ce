import type { Construct } from 'constructs';
import type { Platform, Role, Service } from '../config/platform';
import { Migration } from '../service/migration';
import { backingOf } from './backing';
import type { DataStack } from './data-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

/**
 * The migration of one service in a region. A stack of its own, so that it is over before the service changes in either
 * region, and so that its failure leaves the service's stack alone.
 */
export class MigrationStack extends PlatformStack {
  constructor(
    scope: Construct,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly service: Service;
      readonly migration: NonNullable<Service['migration']>;
      readonly foundation: FoundationStack;
      readonly network: NetworkStack;
      readonly data: DataStack;
    },
  ) {
    const { platform, role, service, migration, foundation, network, data } = props;
    super(scope, {
      platform,
      region: platform.regions[role].name,
      part: `Migration-${service.name}`,
      description: `migration of ${service.name} in the ${role} region`,
      holdsData: false,
    });
    new Migration(this, 'Migration', {
      platform,
      role,
      service,
      migration,
      network: network.network,
      groups: network.groups,
      backing: backingOf(platform, data),
      key: foundation.keys.data,
      logKey: foundation.keys.operations,
    });
  }
}
