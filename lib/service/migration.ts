import { Duration, Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  ENVIRONMENT,
  type ImageArrived,
  type Properties,
  RESOURCE_TYPE,
} from '../../lambda/migration-gate/contract';
import {
  clusterName,
  functionArn,
  functionName,
  leadershipTable,
  migrationLedger,
  migrationName,
  otherRole,
  parameterArn,
  repositoryName,
} from '../config/names';
import type { Platform, Role, Service } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from '../leadership/leadership-table';
import type { RegionNetwork } from '../network/network';
import { ALL_OUTBOUND, type SecurityGroups } from '../network/security-groups';
import { gateProperties } from './gate-properties';
import { imageArrived, startOnFirstImage } from './image-gate';
import { imageUri, TaskDefinition } from './task-definition';
import { type Backing, OWNER_SECRET, usesCache, usesDatabase } from './task-environment';

export interface MigrationProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly migration: NonNullable<Service['migration']>;
  readonly network: RegionNetwork;
  readonly groups: SecurityGroups;
  readonly backing: Backing;
  readonly key: IKey;
  readonly logKey: IKey;
}

const FOLDER = 'migration-gate';
/** CloudFormation waits no longer for a custom resource. */
const ANSWER = Duration.hours(1);

/**
 * The migration of a service: a one-off task of the same image on the writer, and the function that runs it before the
 * stack of the service begins. It has the credential of the user who owns the schema, which no service has.
 */
export class Migration extends Construct {
  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    const { platform, role, service } = props;
    const task = taskOf(platform, service, props.migration);
    const definition = new TaskDefinition(this, 'Task', { ...props, service: task });
    const gate = this.gate(props, definition);
    const properties: Properties = {
      Cluster: clusterName(platform),
      Service: service.name,
      TaskDefinition: definition.definition.ref,
      Subnets: [...props.network.privateSubnets],
      SecurityGroups: this.securityGroups(props, task),
      TimeoutSeconds: String(props.migration.timeoutSeconds),
      Command: [...props.migration.command],
      Image: imageUri(platform, platform.regions[role].name, service),
      ...imageOf(platform, service),
    };
    const run = gate.customResource(this, 'Run', RESOURCE_TYPE, properties, ANSWER);
    if (properties.Repository !== undefined)
      run.node.addDependency(this.onFirstImage(props, gate, properties));
  }

  private gate(props: MigrationProps, { roles }: TaskDefinition): HoldfastFunction {
    const { platform, role, service } = props;
    const region = platform.regions[role].name;
    const peer = platform.regions[otherRole(role)].name;
    const name = `${FOLDER}-${service.name}`;
    const ledger = migrationLedger(platform, service.name);
    const gate = new HoldfastFunction(this, 'Gate', {
      platform,
      name,
      folder: FOLDER,
      description: `Runs the migration of ${service.name} before new tasks start`,
      timeout: Duration.minutes(15),
      logKey: props.logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
        [ENVIRONMENT.ledger]: ledger,
        [ENVIRONMENT.peerRegion]: peer,
        [ENVIRONMENT.imageGate]: functionName(platform, 'image-gate'),
      },
    });
    gate.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
    gate.allow(['ssm:GetParameter'], [parameterArn(platform, region, ledger)]);
    gate.allow(
      ['ssm:PutParameter'],
      [region, peer].map((one) => parameterArn(platform, one, ledger)),
    );
    // A migration that outlasts the function makes it call itself; a first image makes it start the service.
    gate.allow(
      ['lambda:InvokeFunction'],
      [functionArn(platform, name, region), functionArn(platform, 'image-gate', region)],
    );
    if (service.image.kind === 'own')
      gate.allow(
        ['ecr:DescribeImages'],
        [
          `arn:aws:ecr:${region}:${platform.account}:repository/${repositoryName(platform, service.image.repository)}`,
        ],
      );
    this.allowTasks(gate, platform, region, service);
    gate.allow(['iam:PassRole'], [roles.execution.roleArn, roles.task.roleArn], {
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    return gate;
  }

  private allowTasks(gate: HoldfastFunction, platform: Platform, region: string, service: Service): void {
    const { account } = platform;
    const cluster = clusterName(platform);
    const inCluster = { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${region}:${account}:cluster/${cluster}` } };
    const family = `${platform.name}-${migrationName(service.name)}`;
    const definitions = `arn:aws:ecs:${region}:${account}:task-definition/${family}:*`;
    gate.allow(['ecs:RunTask'], [definitions], inCluster);
    gate.explainWildcard(definitions, 'Every deployment makes a revision of this one task definition.');
    const tasks = `arn:aws:ecs:${region}:${account}:task/${cluster}/*`;
    gate.allow(['ecs:DescribeTasks', 'ecs:StopTask'], [tasks], inCluster);
    // The task gets the tags of its definition when it is made; ECS checks that apart, and a task that exists is none of it.
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
    gate.allow(['ecs:TagResource'], [tasks], { StringEquals: { 'ecs:CreateAction': 'RunTask' } });
    gate.explainWildcard(tasks, 'ECS makes the id of a task; the cluster is named.');
  }

  /** A group of its own that nobody may reach, and membership in the client groups of what it uses. */
  private securityGroups({ platform, service, network, groups }: MigrationProps, task: Service): string[] {
    const own = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId: network.vpcId,
      groupDescription: `${platform.name}: migration of ${service.name}`,
      securityGroupEgress: ALL_OUTBOUND,
    });
    return [
      own.attrGroupId,
      ...(platform.database?.kind === 'managed' && usesDatabase(platform, task)
        ? [groups.databaseClients]
        : []),
      ...(platform.cache && usesCache(task) ? [groups.cacheClients] : []),
    ];
  }

  /** A platform that was deployed without images: the first one is migrated, and only then the service starts. */
  private onFirstImage(
    { platform, role, service }: MigrationProps,
    gate: HoldfastFunction,
    migration: Properties,
  ): CfnPermission {
    const input: ImageArrived = {
      kind: 'image-arrived',
      migration,
      start: imageArrived(platform, service),
    };
    const region = platform.regions[role].name;
    startOnFirstImage(this, platform, service, {
      arn: gate.arn,
      input: Stack.of(this).toJsonString(input),
    });
    return new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: gate.arn,
      principal: 'events.amazonaws.com',
      sourceArn: `arn:aws:events:${region}:${platform.account}:rule/${platform.name}-image-${service.name}`,
    });
  }
}

/** What runs: the image of the service with another command, no port, and the owner in the place of the application. */
function taskOf(platform: Platform, service: Service, { command }: MigrationProps['migration']): Service {
  const { metrics: _metrics, health: _health, readiness: _readiness, ...rest } = service;
  const owns = platform.database?.kind === 'managed';
  return {
    ...rest,
    name: migrationName(service.name),
    command,
    ports: {},
    routes: [],
    secrets: Object.fromEntries(
      Object.entries(service.secrets).map(([variable, reference]) => [
        variable,
        owns ? reference.replace(/^database(?=\.|$)/, OWNER_SECRET) : reference,
      ]),
    ),
  };
}

function imageOf(platform: Platform, service: Service): Pick<Properties, 'Repository' | 'Tag' | 'Digest'> {
  const { Repository, Tag, Digest } = gateProperties(platform, service);
  if (Repository === undefined) return {};
  return { Repository, ...(Tag === undefined ? {} : { Tag }), ...(Digest === undefined ? {} : { Digest }) };
}
