import { createHash } from 'node:crypto';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnService, type CfnServiceProps, type CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { SERVING_TAG, STANDBY_TAG } from '../../lambda/region-agent/contract';
import { READS_TAG } from '../../lambda/secret-rotation/contract';
import { alarmName } from '../config/names';
import type { Platform, Role, Service as ServiceConfig } from '../config/platform';
import { sizeText } from '../config/replicas';
import type { MetricsDestination } from '../monitoring/workspace';
import type { RegionNetwork } from '../network/network';
import { type SecurityGroups, tasksOutbound } from '../network/security-groups';
import { usesBroker } from '../queue/access';
import { Autoscaling } from './autoscaling';
import { deploymentBounds } from './deployment';
import type { ImageGate } from './image-gate';
import { errorsAlarm, ServiceAlarms } from './service-alarms';
import { type Target, TargetGroups } from './target-groups';
import { CONTAINER, TaskDefinition } from './task-definition';
import { type Backing, rotatedSecretsOf, usesCache, usesDatabase } from './task-environment';

export interface ServiceProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: ServiceConfig;
  readonly network: RegionNetwork;
  readonly groups: SecurityGroups;
  readonly clusterName: string;
  readonly balancer: { readonly httpsListenerArn: string; readonly fullName: string };
  readonly imageGate: ImageGate;
  readonly backing: Backing;
  readonly key: IKey;
  readonly logKey: IKey;
  /** Where metrics go; without it the tasks have no collector. */
  readonly workspace?: MetricsDestination;
}

/** Share of answers with a server error that rolls a deployment back, in percent. */
const ERROR_PERCENT = 5;

/** A service on Fargate over three zones, behind the balancer if it has routes. */
export class Service extends Construct {
  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { platform, role, service, imageGate } = props;
    const replicas = service.replicas[role];
    const { definition } = new TaskDefinition(this, 'Task', props);
    const traffic =
      service.routes.length > 0
        ? new TargetGroups(this, 'Traffic', {
            platform,
            role,
            service,
            vpcId: props.network.vpcId,
            listenerArn: props.balancer.httpsListenerArn,
          })
        : undefined;
    const targets = traffic?.targets ?? [];
    const alarms = targets.map((target) => this.errorAlarm(props, target));
    const settings: CfnServiceProps = {
      cluster: props.clusterName,
      serviceName: service.name,
      taskDefinition: definition.ref,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      availabilityZoneRebalancing: 'ENABLED',
      deploymentConfiguration: {
        ...deploymentBounds(service, replicas),
        deploymentCircuitBreaker: { enable: true, rollback: true },
        ...(alarms.length > 0 && service.deployment.rollBackOnAlarm
          ? { alarms: { enable: true, rollback: true, alarmNames: alarms.map((alarm) => alarm.ref) } }
          : {}),
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: [...props.network.privateSubnets],
          securityGroups: this.securityGroups(props),
        },
      },
      loadBalancers: targets.map(({ containerPort, group }) => ({
        containerName: CONTAINER,
        containerPort,
        targetGroupArn: group.ref,
      })),
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
    const counts = imageGate.guard(this, platform, service, this.revision(settings, definition));
    const ecs = new CfnService(this, 'Service', { ...settings, desiredCount: counts.desired });
    // ECS refuses a target group that no listener uses yet.
    if (traffic) ecs.node.addDependency(...traffic.rules);
    if (service.scaling) {
      const { target } = new Autoscaling(this, 'Scaling', {
        platform,
        service,
        scaling: service.scaling,
        counts,
        minReplicas: minToScaleBy(service, role),
        targetGroups: targets.map(({ group }) => group),
      });
      target.node.addDependency(ecs);
    }
    new ServiceAlarms(this, 'Alarms', {
      platform,
      service,
      balancerFullName: props.balancer.fullName,
      targets: targets.map(({ containerPort, group }) => ({
        containerPort,
        fullName: group.attrTargetGroupFullName,
      })),
    });
    new CfnOutput(this, 'Tasks', { value: counts.sentence });
  }

  /** The task definition (its ARN is new with each revision) and a digest of everything else in the service. */
  private revision(settings: CfnServiceProps, definition: CfnTaskDefinition): string {
    const stack = Stack.of(this);
    const digest = createHash('sha256')
      .update(JSON.stringify(stack.resolve({ settings, tags: stack.tags.tagValues() })))
      .digest('hex');
    return `${definition.ref} ${digest.slice(0, 16)}`;
  }

  /** A group of its own, fed by the balancer, and membership in the client groups of what it uses. */
  private securityGroups({ platform, service, network, groups }: ServiceProps): string[] {
    const own = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId: network.vpcId,
      groupDescription: `${platform.name}: tasks of ${service.name}`,
      securityGroupEgress: tasksOutbound(platform),
      securityGroupIngress: portsOf(service).map((port) => ({
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
        sourceSecurityGroupId: groups.balancer,
        description: 'From the balancer',
      })),
    });
    return [
      own.attrGroupId,
      ...(usesDatabase(platform, service) ? [groups.databaseClients] : []),
      ...(platform.cache && usesCache(service) ? [groups.cacheClients] : []),
      ...(usesBroker(platform, service) ? [groups.brokerClients] : []),
    ];
  }

  /** Server errors of the new tasks, as a share of their answers, roll a deployment back. */
  private errorAlarm(
    { platform, service, balancer }: ServiceProps,
    { containerPort, group }: Target,
  ): CfnAlarm {
    const dimensions = [
      { name: 'TargetGroup', value: group.attrTargetGroupFullName },
      { name: 'LoadBalancer', value: balancer.fullName },
    ];
    const sum = (id: string, metricName: string) => ({
      id,
      returnData: false,
      metricStat: {
        metric: { namespace: 'AWS/ApplicationELB', metricName, dimensions },
        period: 60,
        stat: 'Sum',
      },
    });
    return new CfnAlarm(this, `Errors${containerPort}`, {
      alarmName: alarmName(platform, errorsAlarm(service, containerPort)),
      alarmDescription: `${service.name}: more than ${ERROR_PERCENT} % of the answers are server errors. Look in its log for the error, and at its last deployment. Runbook: docs/runbooks/cloudwatch-alarms.md`,
      metrics: [
        sum('errors', 'HTTPCode_Target_5XX_Count'),
        sum('requests', 'RequestCount'),
        {
          id: 'share',
          expression: 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)',
          label: 'Server errors in %',
          returnData: true,
        },
      ],
      comparisonOperator: 'GreaterThanThreshold',
      threshold: ERROR_PERCENT,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      // Nobody asked, so nothing failed.
      treatMissingData: 'notBreaching',
    });
  }
}

/** Where a service has no task, what scales it are the figures of a region that leads: it does, or nothing scales. */
const minToScaleBy = ({ replicas }: ServiceConfig, role: Role): number =>
  (replicas[role].max === 0 ? replicas.home : replicas[role]).min;

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
