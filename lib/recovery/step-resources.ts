import {
  clusterName,
  databaseArn,
  databaseIdentifier,
  type KeyPurpose,
  keyAlias,
  otherRole,
  quarantinePattern,
  readReplicaIdentifier,
  secretName,
  stackName,
} from '../config/names';
import type { ManagedDatabase, Platform, Role } from '../config/platform';
import { replicatedSecrets } from '../security/replicated-secrets';
import type { Conditions } from './step';

/** Reasons for wildcards, as a reviewer reads them. */
export const BY_CONDITION =
  'AWS knows no resource for it; the condition binds it to the region or to the cluster.';
export const BY_ALIAS =
  "A key's id is made by AWS; the condition kms:ResourceAliases binds the grant to the platform's own key.";
export const OWN_SERVICES = "Services of the platform's own cluster; each belongs to a later stack.";
export const SCALED_TARGETS =
  'The id of a scalable target is made by AWS; the condition restricts it to ECS.';
export const ALL_SECRETS = "Every secret of the platform; a policy has no room for each one's name.";
export const BY_STACK = 'CloudFormation ends the name of the parameter group in characters of its own.';
export const SIX_CHARACTERS = 'Secrets Manager ends the ARN of a secret in six characters of its own.';
export const BY_EPOCH = 'The name of an old primary ends in the epoch in which it was left.';

export const own = (platform: Platform, role: Role): string => platform.regions[role].name;
export const other = (platform: Platform, role: Role): string => platform.regions[otherRole(role)].name;

/** @returns what `make` makes of the managed database; nothing if there is none */
export const ifManaged = (
  platform: Platform,
  make: (database: ManagedDatabase) => readonly string[],
): readonly string[] => (platform.database?.kind === 'managed' ? make(platform.database) : []);

/** The instance under the platform's identifier. */
export const instance = (platform: Platform, region: string): readonly string[] =>
  ifManaged(platform, () => [databaseArn(platform, region)]);

/** Old primaries that were put away. */
export const quarantined = (platform: Platform, role: Role): readonly string[] =>
  ifManaged(platform, () => [rds(platform, role, `db:${quarantinePattern(platform)}`)]);

/** Copies for reads, which only home has. */
export const readReplicas = (platform: Platform, role: Role): readonly string[] =>
  ifManaged(platform, ({ readReplicas: count }) =>
    role === 'home'
      ? Array.from({ length: count }, (_, index) =>
          rds(platform, role, `db:${readReplicaIdentifier(platform, index + 1)}`),
        )
      : [],
  );

/** Snapshots that the agent takes: their names begin with the identifier of the database. */
export const snapshots = (platform: Platform, role: Role): readonly string[] =>
  ifManaged(platform, () => [rds(platform, role, `snapshot:${databaseIdentifier(platform)}-*`)]);

/** @returns the ARN of something of RDS in the own region */
export const rds = (platform: Platform, role: Role, resource: string): string =>
  `arn:aws:rds:${own(platform, role)}:${platform.account}:${resource}`;

/** Parameter group of the Data stack. */
export const parameterGroup = (platform: Platform, role: Role): readonly string[] =>
  ifManaged(platform, () => [
    rds(platform, role, `pg:${stackName(platform, own(platform, role), 'Data').toLowerCase()}-*`),
  ]);

/** What Application Auto Scaling scales in a region, together with `onlyEcs`. */
export const scaledTargets = (platform: Platform, region: string): readonly string[] => [
  `arn:aws:application-autoscaling:${region}:${platform.account}:scalable-target/*`,
];
export const onlyEcs = (): Conditions => ({
  StringEquals: { 'application-autoscaling:service-namespace': 'ecs' },
});
/** Binds an action without resources to a region. */
export const onlyIn = (region: string): Conditions => ({ StringEquals: { 'aws:RequestedRegion': region } });

export const cluster = (platform: Platform, region: string): string =>
  `arn:aws:ecs:${region}:${platform.account}:cluster/${clusterName(platform)}`;
export const services = (platform: Platform, region: string): string =>
  `arn:aws:ecs:${region}:${platform.account}:service/${clusterName(platform)}/*`;

/** Every secret of the platform in a region. One pattern, because a policy has no room for fifty names. */
export const secrets = (platform: Platform, region: string): readonly string[] =>
  replicatedSecrets(platform).length > 0
    ? [`arn:aws:secretsmanager:${region}:${platform.account}:secret:${secretName(platform, '*')}`]
    : [];

export const keys = (platform: Platform, region: string): readonly string[] => [
  `arn:aws:kms:${region}:${platform.account}:key/*`,
];
/** Binds a grant on `keys` to one key of the platform, and to the service that uses it for the agent. */
export const keyConditions = (
  platform: Platform,
  purpose: KeyPurpose,
  service: string,
  region: string,
): Conditions => ({
  StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
  'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAlias(platform, purpose) },
});
