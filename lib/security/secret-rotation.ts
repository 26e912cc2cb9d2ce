import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IDependable } from 'constructs';
import { ENVIRONMENT, type SecretKind } from '../../lambda/secret-rotation/contract';
import {
  cacheIdentifier,
  clusterName,
  collectorCluster,
  databaseArn,
  databaseIdentifier,
  pascal,
  secretArnPattern,
  secretName,
} from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction, TRUSTS_RDS } from '../functions/holdfast-function';
import { DATABASE_PORT } from '../network/security-groups';

export interface SecretRotationProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly key: IKey;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Present in a region with a managed database. */
  readonly database?: { readonly host: string; readonly name: string; readonly ready: IDependable };
  /** Present in a region with a cache. */
  readonly cache?: { readonly arn: string; readonly ready: IDependable };
}

interface Rotated {
  readonly secret: string;
  readonly kind: SecretKind;
  readonly everyDays: number;
  readonly after?: IDependable;
}

const ROTATE_DAYS = 30;
/** Kinds of copied secrets that tasks of both regions read when they start. */
const READ_BY_TASKS: readonly SecretKind[] = ['database-application', 'database-monitor', 'random'];

/**
 * Rotation of the secrets that AWS generated. A replicated secret can be rotated only in the region that owns it, so
 * the database's users rotate at home; each region rotates the token of its own cache. The standby's function can rotate
 * the copies too, once a failover has made them secrets of their own: only their schedules cannot be in the template.
 */
export class SecretRotation extends Construct {
  constructor(scope: Construct, id: string, props: SecretRotationProps) {
    super(scope, id);
    const { platform, role, key } = props;
    const rotated = rotatedSecrets(props);
    if (rotated.length === 0) return;
    const region = platform.regions[role].name;
    const rotation = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'secret-rotation',
      description: 'Rotates the secrets of the database, of the cache and the random ones',
      timeout: Duration.minutes(15),
      logKey: props.logKey,
      network: props.network,
      environment: environment(props, rotated),
    });
    const arns = rotated.map(({ secret }) => secretArnPattern(platform, secret, region));
    rotation.allow(
      [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      arns,
    );
    for (const arn of arns)
      rotation.explainWildcard(arn, 'Secrets Manager ends the ARN of a secret in six characters of its own.');
    rotation.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    if (rotated.some(({ kind }) => kind === 'database-owner')) {
      rotation.allow(['rds:DescribeDBInstances', 'rds:ModifyDBInstance'], [databaseArn(platform, region)]);
    }
    if (props.cache)
      rotation.allow(
        ['elasticache:DescribeReplicationGroups', 'elasticache:ModifyReplicationGroup'],
        [props.cache.arn],
      );
    this.allowNewTasks(rotation, props, rotated);
    const permission = new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: rotation.arn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: platform.account,
    });
    for (const { secret, kind, everyDays, after } of rotated) {
      // AWS refuses a schedule for a copy.
      if (role === 'standby' && kind !== 'cache') continue;
      const schedule = new CfnRotationSchedule(this, pascal(secret), {
        secretId: secretName(platform, secret),
        rotationLambdaArn: rotation.arn,
        rotationRules: { automaticallyAfterDays: everyDays },
        // The set-up of the database made the users with the first values.
        rotateImmediatelyOnUpdate: false,
      });
      schedule.node.addDependency(permission);
      if (after) schedule.node.addDependency(after);
    }
  }

  /** ECS gives a secret to a task when it starts, so its readers are started anew after a rotation. */
  private allowNewTasks(
    rotation: HoldfastFunction,
    { platform, role }: SecretRotationProps,
    rotated: readonly Rotated[],
  ): void {
    // Before the tasks of the other region start anew, the copy of the secret must have arrived there.
    const copies = rotated
      .filter(({ kind }) => role === 'home' && READ_BY_TASKS.includes(kind))
      .map(({ secret }) => secretArnPattern(platform, secret, platform.regions.standby.name));
    if (copies.length > 0) rotation.allow(['secretsmanager:DescribeSecret'], copies);
    for (const arn of copies) {
      rotation.explainWildcard(arn, 'Secrets Manager ends the ARN of a secret in six characters of its own.');
    }
    const arns = regionsOf(platform).map((region) => `arn:aws:ecs:${region}:${platform.account}`);
    const clusters = clustersOfReaders(platform);
    const each = (make: (arn: string, cluster: string) => string) =>
      arns.flatMap((arn) => clusters.map((cluster) => make(arn, cluster)));
    const services = each((arn, cluster) => `${arn}:service/${cluster}/*`);
    rotation.allow(['ecs:DescribeServices', 'ecs:UpdateService'], services);
    for (const arn of services) {
      rotation.explainWildcard(
        arn,
        "Services of the platform's own clusters; each belongs to a later stack.",
      );
    }
    rotation.allowOnAnyResource(
      ['ecs:ListServices'],
      'AWS knows no resource for it; the condition names the clusters.',
      {
        ArnEquals: { 'ecs:cluster': each((arn, cluster) => `${arn}:cluster/${cluster}`) },
      },
    );
  }
}

/** Those of the services and of the collector of metrics. */
const clustersOfReaders = (platform: Platform): string[] => [
  clusterName(platform),
  collectorCluster(platform),
];

const regionsOf = (platform: Platform): string[] => [
  platform.regions.home.name,
  platform.regions.standby.name,
];

function rotatedSecrets({ platform, database, cache }: SecretRotationProps): Rotated[] {
  const ofTheCache: Rotated[] = cache
    ? [{ secret: 'cache', kind: 'cache', everyDays: ROTATE_DAYS, after: cache.ready }]
    : [];
  const ofTheDatabase: Rotated[] = database
    ? [
        {
          secret: 'database-owner',
          kind: 'database-owner',
          everyDays: ROTATE_DAYS,
          after: database.ready,
        },
        {
          secret: 'database',
          kind: 'database-application',
          everyDays: ROTATE_DAYS,
          after: database.ready,
        },
        {
          secret: 'database-agent',
          kind: 'database-agent',
          everyDays: ROTATE_DAYS,
          after: database.ready,
        },
        {
          secret: 'database-archive',
          kind: 'database-archive',
          everyDays: ROTATE_DAYS,
          after: database.ready,
        },
        {
          secret: 'database-monitor',
          kind: 'database-monitor',
          everyDays: ROTATE_DAYS,
          after: database.ready,
        },
      ]
    : [];
  const random = platform.secrets.flatMap(({ name, generate, rotateDays }): Rotated[] =>
    generate && rotateDays !== undefined ? [{ secret: name, kind: 'random', everyDays: rotateDays }] : [],
  );
  return [...ofTheDatabase, ...ofTheCache, ...random];
}

function environment(props: SecretRotationProps, rotated: readonly Rotated[]): Record<string, string> {
  const { platform, database, cache } = props;
  const kinds = Object.fromEntries(rotated.map(({ secret, kind }) => [secretName(platform, secret), kind]));
  return {
    [ENVIRONMENT.secrets]: JSON.stringify(kinds),
    [ENVIRONMENT.readersClusters]: clustersOfReaders(platform).join(','),
    [ENVIRONMENT.readersRegions]: regionsOf(platform).join(','),
    ...TRUSTS_RDS,
    ...(database
      ? {
          [ENVIRONMENT.databaseHost]: database.host,
          [ENVIRONMENT.databasePort]: String(DATABASE_PORT),
          [ENVIRONMENT.databaseName]: database.name,
          [ENVIRONMENT.databaseIdentifier]: databaseIdentifier(platform),
          [ENVIRONMENT.ownerSecret]: secretName(platform, 'database-owner'),
        }
      : {}),
    ...(cache ? { [ENVIRONMENT.cacheIdentifier]: cacheIdentifier(platform) } : {}),
  };
}
