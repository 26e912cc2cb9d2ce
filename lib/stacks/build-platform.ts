import { type App, CfnResource } from 'aws-cdk-lib';
import { otherRole } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { CATALOGUE } from '../monitoring/alerts/catalogue';
import { checkAlerts } from '../monitoring/routing/thresholds';
import { ClusterStack } from './cluster-stack';
import { DataStack } from './data-stack';
import { EdgeStack } from './edge-stack';
import { FoundationStack } from './foundation-stack';
import { LeadershipStack } from './leadership-stack';
import { MigrationStack } from './migration-stack';
import { MonitoringStack } from './monitoring-stack';
import { NetworkStack } from './network-stack';
import type { PlatformStack } from './platform-stack';
import { RecoveryStack } from './recovery-stack';
import { ServiceStack } from './service-stack';

/** The stacks of one of the two regions with an application. */
interface RegionStacks {
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly recovery: RecoveryStack;
  readonly cluster: ClusterStack;
  /** Those of the services that have one, by the name of the service. */
  readonly migrations: ReadonlyMap<string, MigrationStack>;
  readonly services: readonly ServiceStack[];
  readonly monitoring: MonitoringStack;
}

/**
 * All stacks of a platform, in the order in which they may be deployed: a stack waits for what it needs, by stack
 * dependency only; nothing that AWS invents crosses a region.
 * @param first region whose services are deployed before those of the other one: the one that serves nobody. Without it
 *   each region can be deployed while the other is gone. It is in no template.
 */
export function buildPlatform(app: App, platform: Platform, first?: Role): void {
  checkAlerts(platform, CATALOGUE);
  const leadership = new LeadershipStack(app, { platform });
  const standby = regionStacks(app, platform, 'standby');
  const home = regionStacks(app, platform, 'home');
  const edge = new EdgeStack(app, { platform });

  // Secrets of the home region are copied to the standby, where its key must be there to encrypt them.
  after(home.foundation, standby.foundation, 'secrets are replicated into the standby');
  // Buckets replicate both ways; the replica needs its source.
  after(home.data, standby.foundation, 'buckets replicate into the standby');
  after(standby.data, home.data, 'the replica needs its source');
  for (const { recovery } of [home, standby]) {
    after(recovery, leadership, 'the record lives in the leadership table');
    after(recovery, home.data, 'no record before there is something to lead');
    after(recovery, standby.data, 'no record before there is something to lead');
  }
  for (const { recovery, services, migrations } of [home, standby]) {
    for (const service of [...migrations.values(), ...services]) {
      after(service, home.recovery, 'no service starts before a region leads');
      after(service, recovery, 'no service starts before a region leads');
    }
    for (const service of services) after(edge, service, 'names point at what runs');
  }
  if (first !== undefined) startWith(first, { home, standby });
  after(edge, standby.recovery, 'the checks ask the endpoint of the standby');
  after(edge, leadership, 'the checks ask the endpoint of the witness');
  for (const { monitoring } of [home, standby]) after(edge, monitoring, 'its alarms go to the relays');
  for (const { cluster } of [home, standby])
    after(edge, cluster, 'the failover records point at the names of the regions');
}

/** A new version proves itself where it serves nobody first. */
function startWith(first: Role, sides: Readonly<Record<Role, RegionStacks>>): void {
  const later = sides[otherRole(first)];
  for (const [index, service] of later.services.entries()) {
    const beside = sides[first].services[index];
    if (!beside) continue;
    after(service, beside, 'a new version starts where it serves nobody');
    const migration = later.migrations.get(service.service);
    if (migration) after(beside, migration, 'the schema is there before the new version');
  }
}

function regionStacks(app: App, platform: Platform, role: Role): RegionStacks {
  const foundation = new FoundationStack(app, { platform, role });
  const network = new NetworkStack(app, { platform, role, logKey: foundation.keys.operations });
  const data = new DataStack(app, { platform, role, foundation, network });
  leaveOutIfEmpty(app, data);
  const recovery = new RecoveryStack(app, { platform, role, foundation, network, data });
  const cluster = new ClusterStack(app, { platform, role, foundation, network });
  const services = platform.services.map(
    (service) => new ServiceStack(app, { platform, role, service, foundation, network, data, cluster }),
  );
  const migrations = new Map(
    platform.services.flatMap((service) => {
      const { name, migration } = service;
      if (!migration) return [];
      return [
        [
          name,
          new MigrationStack(app, { platform, role, service, migration, foundation, network, data }),
        ] as const,
      ];
    }),
  );
  after(network, foundation, 'keys');
  after(data, network, 'subnets');
  after(data, foundation, 'secrets');
  after(recovery, data, 'what is led');
  after(recovery, network, 'subnets of its functions');
  after(cluster, network, 'subnets');
  const monitoring = new MonitoringStack(app, { platform, role, foundation, network, data, cluster });
  for (const stack of [recovery, cluster, ...services]) after(monitoring, stack, 'what it watches');
  for (const service of [...migrations.values(), ...services]) {
    after(service, cluster, 'cluster and balancer');
    after(service, data, 'database and cache');
  }
  for (const service of services) {
    const migration = migrations.get(service.service);
    if (migration) after(service, migration, 'the schema is there before the new version');
  }
  return { foundation, network, data, recovery, cluster, migrations, services, monitoring };
}

/** CloudFormation has no stack without a resource, and a platform may have nothing to keep in a region. */
function leaveOutIfEmpty(app: App, stack: PlatformStack): void {
  if (!stack.node.findAll().some(CfnResource.isCfnResource)) app.node.tryRemoveChild(stack.node.id);
}

/** Makes a stack wait for another one, if that is part of the app. */
function after(stack: PlatformStack, earlier: PlatformStack, reason: string): void {
  const partOfTheApp = (one: PlatformStack) => one.node.scope?.node.tryFindChild(one.node.id) === one;
  if (partOfTheApp(stack) && partOfTheApp(earlier)) stack.addStackDependency(earlier, reason);
}
