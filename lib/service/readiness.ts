import { CustomResource, Duration } from 'aws-cdk-lib';
import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import {
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  type Asked,
  ENVIRONMENT,
  type Properties,
  RESOURCE_TYPE,
  WAIT_SECONDS_MAX,
} from '../../lambda/readiness-gate/contract';
import { clusterName, functionArn, leadershipTable } from '../config/names';
import type { Platform, Role, Service } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from '../leadership/leadership-table';

const FUNCTION = 'readiness-gate';
/** A task that has passed its health checks is given this long to be able to work. */
const WAIT_SECONDS = 300;

/** The function that asks new tasks whether they are ready. One per region; it stands among the tasks, to reach them. */
export class ReadinessGate extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly platform: Platform;
      readonly region: string;
      readonly logKey: IKey;
      readonly network: {
        readonly subnetIds: readonly string[];
        readonly securityGroupIds: readonly string[];
      };
    },
  ) {
    super(scope, id);
    const { platform, region } = props;
    const { account } = platform;
    const cluster = clusterName(platform);
    const gate = new HoldfastFunction(this, 'Function', {
      platform,
      name: FUNCTION,
      description: 'Holds a deployment until the new tasks are ready',
      timeout: Duration.minutes(15),
      logKey: props.logKey,
      network: props.network,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
      },
    });
    gate.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
    gate.allowOnAnyResource(
      ['ecs:ListTasks'],
      'AWS knows no resource for it; the condition names the cluster.',
      {
        ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${region}:${account}:cluster/${cluster}` },
      },
    );
    for (const [action, kind] of [
      ['ecs:DescribeTasks', 'task'],
      ['ecs:DescribeServiceRevisions', 'service-revision'],
    ] as const) {
      const resource = `arn:aws:ecs:${region}:${account}:${kind}/${cluster}/*`;
      gate.allow([action], [resource]);
      gate.explainWildcard(resource, 'ECS makes the ids of tasks and revisions; the cluster is named.');
    }
  }
}

interface Ready {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
}

const arnOf = ({ platform, role }: Ready): string =>
  functionArn(platform, FUNCTION, platform.regions[role].name);

function asked({ platform, service }: Ready): Asked | undefined {
  const { readiness } = service;
  if (!readiness) return undefined;
  return {
    Cluster: clusterName(platform),
    Service: service.name,
    Port: String(readiness.containerPort),
    Path: readiness.path,
    TimeoutSeconds: String(readiness.timeoutSeconds),
    WaitSeconds: String(Math.min(WAIT_SECONDS + (service.health?.graceSeconds ?? 0), WAIT_SECONDS_MAX)),
  };
}

/**
 * Where a second set of tasks comes up, ECS asks before it moves any traffic there, and takes the set away if it does not
 * become ready.
 */
export function readinessHooks(
  scope: Construct,
  ready: Ready,
): readonly CfnService.DeploymentLifecycleHookProperty[] {
  const details = asked(ready);
  if (!details || ready.service.deployment.strategy === 'rolling') return [];
  const { platform, role } = ready;
  const caller = new IamRole(scope, 'ReadinessCaller', {
    assumedBy: new ServicePrincipal('ecs.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': platform.account },
        ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${platform.regions[role].name}:${platform.account}:*` },
      },
    }),
    inlinePolicies: {
      own: new PolicyDocument({
        statements: [
          new PolicyStatement({
            effect: Effect.ALLOW,
            actions: ['lambda:InvokeFunction'],
            resources: [arnOf(ready)],
          }),
        ],
      }),
    },
  });
  return [
    {
      hookTargetArn: arnOf(ready),
      roleArn: caller.roleArn,
      lifecycleStages: ['POST_SCALE_UP'],
      hookDetails: JSON.stringify(details),
    },
  ];
}

/**
 * A rolling deployment gives each new task traffic as soon as it is healthy, and no hook is in between. So the stack asks
 * when ECS is done, and goes back if the tasks do not become ready.
 */
export function readyAfter(scope: Construct, ready: Ready, ecs: CfnService, definition: string): void {
  const details = asked(ready);
  if (!details || ready.service.deployment.strategy !== 'rolling') return;
  const properties: Properties = { ...details, TaskDefinition: definition };
  const resource = new CustomResource(scope, 'Readiness', {
    serviceToken: arnOf(ready),
    resourceType: RESOURCE_TYPE,
    properties: { ...properties },
    serviceTimeout: Duration.minutes(15),
  });
  resource.node.addDependency(ecs);
}
