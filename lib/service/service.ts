import { createHash } from 'node:crypto';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnService, type CfnServiceProps, type CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { SERVING_TAG, STANDBY_TAG } from '../../lambda/region-agent/contract';
import { READS_TAG } from '../../lambda/secret-rotation/contract';
import type { Platform, Role, Service as ServiceConfig } from '../config/platform';
import { sizeText } from '../config/replicas';
import { shiftsTraffic } from '../config/traffic-groups';
import type { MetricsDestination } from '../monitoring/workspace';
import type { RegionNetwork } from '../network/network';
import { type SecurityGroups, tasksOutbound } from '../network/security-groups';
import { usesBroker } from '../queue/access';
import { Autoscaling } from './autoscaling';
import { deploymentConfiguration, stopsFirst } from './deployment';
import { errorAlarms } from './error-alarms';
import { functionPorts } from './function-ports';
import type { ImageGate, TaskCounts } from './image-gate';
import { readinessHooks, readyAfter } from './readiness';
import { ServiceAlarms } from './service-alarms';
import { SharedFolder } from './shared-folder';
import { ShiftRole } from './shift-role';
import { groupsOf, type Target, TargetGroups } from './target-groups';
import { CONTAINER, TaskDefinition } from './task-definition';
import { type Backing, rotatedSecretsOf, usesCache, usesDatabase } from './task-environment';

export interface ServiceProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: ServiceConfig;
  readonly network: RegionNetwork;
  readonly groups: SecurityGroups;
  readonly clusterName: string;
  readonly balancer: {
    readonly httpsListenerArn: string;
    readonly testListenerArn: string;
    readonly fullName: string;
  };
  readonly imageGate: ImageGate;
  readonly backing: Backing;
  readonly key: IKey;
  readonly logKey: IKey;
  /** Where metrics go; without it the tasks have no collector. */
  readonly workspace?: MetricsDestination;
}

/** A service on Fargate over three zones, behind the balancer if it has routes. */
export class Service extends Construct {
  private counts: TaskCounts | undefined;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { platform, role, service, imageGate } = props;
    const replicas = service.replicas[role];
    const folder = service.sharedFiles
      ? new SharedFolder(this, 'SharedFiles', { ...props, path: service.sharedFiles.path })
      : undefined;
    const { definition } = new TaskDefinition(this, 'Task', { ...props, ...(folder ? { folder } : {}) });
    const traffic =
      service.routes.length > 0
        ? new TargetGroups(this, 'Traffic', {
            platform,
            role,
            service,
            vpcId: props.network.vpcId,
            listenerArn: props.balancer.httpsListenerArn,
            testListenerArn: props.balancer.testListenerArn,
            weights: () => this.gated().weights,
          })
        : undefined;
    const targets = traffic?.targets ?? [];
    const alarms = errorAlarms(this, props, targets);
    const settings: CfnServiceProps = {
      cluster: props.clusterName,
      serviceName: service.name,
      taskDefinition: definition.ref,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      // ECS rebalances by starting a second task first, and refuses to where there must never be two.
      availabilityZoneRebalancing: stopsFirst(service) ? 'DISABLED' : 'ENABLED',
      deploymentConfiguration: deploymentConfiguration(
        service,
        replicas,
        alarms.map((alarm) => alarm.ref),
        readinessHooks(this, props),
      ),
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: [...props.network.privateSubnets],
          securityGroups: this.securityGroups(props, folder),
        },
      },
      loadBalancers: this.loadBalancers(props, targets),
      ...(service.health && targets.length > 0
        ? { healthCheckGracePeriodSeconds: service.health.graceSeconds }
        : {}),
      ...(service.exec ? { enableExecuteCommand: true } : {}),
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      tags: [
        // A rotation finds the readers of a secret by it.
        { key: READS_TAG, value: readsTag(platform, service) },
        // The agent of the region scales by these when the lead comes or goes.
        { key: SERVING_TAG, value: sizeText(service.replicas.home) },
        { key: STANDBY_TAG, value: sizeText(service.replicas.standby) },
      ],
    };
    const counts = imageGate.guard(this, platform, service, this.revision(settings, definition, service));
    this.counts = counts;
    const ecs = new CfnService(this, 'Service', { ...settings, desiredCount: counts.desired });
    // ECS refuses a target group that no listener uses yet.
    if (traffic) ecs.node.addDependency(...traffic.rules);
    if (folder) ecs.node.addDependency(folder);
    readyAfter(this, props, ecs, definition.ref);
    if (service.scaling) {
      const { target } = new Autoscaling(this, 'Scaling', {
        platform,
        service,
        scaling: service.scaling,
        counts,
        minReplicas: minToScaleBy(service, role),
        targetGroups: targets.flatMap(groupsOf),
      });
      target.node.addDependency(ecs);
    }
    new ServiceAlarms(this, 'Alarms', {
      platform,
      service,
      balancerFullName: props.balancer.fullName,
      targets: targets.map((target) => ({
        label: target.label,
        fullNames: groupsOf(target).map((group) => group.attrTargetGroupFullName),
      })),
    });
    new CfnOutput(this, 'Tasks', { value: counts.sentence });
  }

  /** What the gate has filled in; synth asks for it after everything was built. */
  private gated(): TaskCounts {
    if (!this.counts) throw new Error('The gate of the service is not built yet.');
    return this.counts;
  }

  /**
   * The task definition (its ARN is new with each revision) and a digest of everything else in the service; where a
   * deployment shifts traffic, of its routes too, because a rule that changes must repeat the weights of that moment.
   */
  private revision(settings: CfnServiceProps, definition: CfnTaskDefinition, service: ServiceConfig): string {
    const stack = Stack.of(this);
    const routes = shiftsTraffic(service) ? { routes: service.routes } : {};
    const digest = createHash('sha256')
      .update(JSON.stringify(stack.resolve({ settings, tags: stack.tags.tagValues(), ...routes })))
      .digest('hex');
    return `${definition.ref} ${digest.slice(0, 16)}`;
  }

  /** Where ECS registers the tasks; with a pair of groups also how it moves traffic between them. */
  private loadBalancers(
    { platform, role }: ServiceProps,
    targets: readonly Target[],
  ): CfnService.LoadBalancerProperty[] {
    const shifting = targets.filter(({ alternate }) => alternate);
    const region = platform.regions[role].name;
    const shift =
      shifting.length > 0 ? new ShiftRole(this, 'Shift', { platform, region, targets }) : undefined;
    return targets.map(({ containerPort, group, alternate }) => ({
      containerName: CONTAINER,
      containerPort,
      targetGroupArn: group.ref,
      ...(alternate && shift
        ? {
            advancedConfiguration: {
              alternateTargetGroupArn: alternate.group.ref,
              productionListenerRule: alternate.productionRule.ref,
              testListenerRule: alternate.testRule.ref,
              roleArn: shift.arn,
            },
          }
        : {}),
    }));
  }

  /** A group of its own, fed by the balancer, and membership in the client groups of what it uses. */
  private securityGroups(
    { platform, service, network, groups }: ServiceProps,
    folder: SharedFolder | undefined,
  ): string[] {
    const own = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId: network.vpcId,
      groupDescription: `${platform.name}: tasks of ${service.name}`,
      securityGroupEgress: tasksOutbound(platform),
      securityGroupIngress: [
        ...portsOf(service).map((port) => admitted(port, groups.balancer, 'From the balancer')),
        ...[...functionPorts(service)].map(([port, who]) => admitted(port, groups.functions, who)),
      ],
    });
    folder?.admit(own.attrGroupId);
    return [
      own.attrGroupId,
      ...(usesDatabase(platform, service) ? [groups.databaseClients] : []),
      ...(platform.cache && usesCache(service) ? [groups.cacheClients] : []),
      ...(usesBroker(platform, service) ? [groups.brokerClients] : []),
    ];
  }
}

/** Where a service has no task, what scales it are the figures of a region that leads: it does, or nothing scales. */
const minToScaleBy = ({ replicas }: ServiceConfig, role: Role): number =>
  (replicas[role].max === 0 ? replicas.home : replicas[role]).min;

const admitted = (
  port: number,
  sourceSecurityGroupId: string,
  description: string,
): CfnSecurityGroup.IngressProperty => ({
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  sourceSecurityGroupId,
  description,
});

/** Ports that the balancer talks to: those of the routes, and the one of the health check. */
function portsOf({ routes, health }: ServiceConfig): number[] {
  const ports = routes.map(({ containerPort }) => containerPort);
  return [...new Set(health && routes.length > 0 ? [...ports, health.containerPort] : ports)].sort(
    (a, b) => a - b,
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html#tag-restrictions */
const TAG_VALUE_MAX = 256;

/** @throws if the service reads more rotated secrets than a tag can name */
function readsTag(platform: Platform, service: ServiceConfig): string {
  const value = rotatedSecretsOf(platform, service).join(' ');
  if (value.length <= TAG_VALUE_MAX) return value;
  throw new Error(
    `services.${service.name}.secrets: the names of the secrets that rotate take ${value.length} characters together; allowed: at most ${TAG_VALUE_MAX}, because a tag of the service lists them. Shorten them, or rotate fewer.`,
  );
}
