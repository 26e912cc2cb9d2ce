import type { Cdn, Place, Platform, Role } from './platform';

/**
 * Physical names. What AWS invents never crosses a region; these do, so they are fixed functions of the platform and
 * may never change once deployed.
 */
export const pascal = (slug: string): string =>
  slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

export type Part =
  | 'Leadership'
  | 'Foundation'
  | 'Network'
  | 'Data'
  | 'Recovery'
  | 'Cluster'
  | `Migration-${string}`
  | `Service-${string}`
  | 'Monitoring'
  | 'Edge';

/** Region of the Edge stack: Route 53's health checks report their metrics only there. */
export const EDGE_REGION = 'us-east-1';

/** @returns `<Platform>-<region>-<Part>` */
export const stackName = (platform: Platform, region: string, part: Part): string =>
  `${pascal(platform.name)}-${region}-${part}`;

export const regionOf = (platform: Platform, place: Place): string => platform.regions[place].name;
export const otherRole = (role: Role): Role => (role === 'home' ? 'standby' : 'home');

/** Aliases of the customer keys of a region. `data` encrypts what is kept, `operations` logs and notifications. */
export type KeyPurpose = 'data' | 'operations';
export const keyAlias = (platform: Platform, purpose: KeyPurpose): string =>
  `alias/${platform.name}-${purpose}`;
export const keyAliasArn = (platform: Platform, purpose: KeyPurpose, region: string): string =>
  `arn:aws:kms:${region}:${platform.account}:${keyAlias(platform, purpose)}`;

/** The same identifier in both regions: the failback recipe rebuilds an instance under its old identifier. */
export const databaseIdentifier = (platform: Platform): string => `${platform.name}-db`;
export const databaseArn = (platform: Platform, region: string): string =>
  `arn:aws:rds:${region}:${platform.account}:db:${databaseIdentifier(platform)}`;
export const readReplicaIdentifier = (platform: Platform, index: number): string =>
  `${databaseIdentifier(platform)}-read-${index}`;

/** What the agent appends to the identifier of an old primary that it puts away; an epoch follows. */
export const quarantinePattern = (platform: Platform): string =>
  `${databaseIdentifier(platform)}-quarantine-e*`;
/** Copies that restores make; a name of the restore follows. */
export const restoredPattern = (platform: Platform): string => `${databaseIdentifier(platform)}-restore-*`;
/** Beginning of the names of the replicas that a drill in an account makes to promote them; the drill's id follows. */
export const promotionDrillPrefix = (platform: Platform): string =>
  `${databaseIdentifier(platform)}-promotion-drill-`;
/** Vault of AWS Backup whose copies nobody can delete before their time; the same name in both regions. */
export const lockedVault = (platform: Platform): string => `${platform.name}-locked`;
export const lockedVaultArn = (platform: Platform, region: string): string =>
  `arn:aws:backup:${region}:${platform.account}:backup-vault:${lockedVault(platform)}`;
/** Role with which RDS reports the metrics of an instance's host. Roles are global, so the region is in the name. */
export const databaseMonitoringRole = (platform: Platform, region: string): string =>
  `${platform.name}-rds-monitoring-${region}`;
export const databaseMonitoringRoleArn = (platform: Platform, region: string): string =>
  `arn:aws:iam::${platform.account}:role/${databaseMonitoringRole(platform, region)}`;

/** Name of the broker of a queue; the same in both regions. */
export const brokerIdentifier = ({ name }: Pick<Platform, 'name'>, queue: string): string =>
  `${name}-${queue}`;
/** Names of a queue of SQS, and of the one with what could not be worked off; the same in both regions. */
export const sqsIdentifiers = ({ name }: Pick<Platform, 'name'>, queue: string) => ({
  queue: `${name}-queue-${queue}`,
  deadLetters: `${name}-dead-${queue}`,
});
export const sqsArn = (platform: Platform, region: string, identifier: string): string =>
  `arn:aws:sqs:${region}:${platform.account}:${identifier}`;
export const sqsUrl = (platform: Platform, region: string, identifier: string): string =>
  `https://sqs.${region}.amazonaws.com/${platform.account}/${identifier}`;

/** Parameter of a region with the id of the file system of a service: AWS invents it, and the other region copies to it. */
export const sharedFilesParameter = (platform: Platform, service: string): string =>
  `/holdfast/${platform.name}/shared-files/${service}`;
/** Vault of AWS Backup with what shared files held before they were overwritten; the same name in both regions. */
export const sharedFilesVault = (platform: Platform): string => `${platform.name}-shared-files`;
export const sharedFilesVaultArn = (platform: Platform, region: string): string =>
  `arn:aws:backup:${region}:${platform.account}:backup-vault:${sharedFilesVault(platform)}`;

export const cacheIdentifier = (platform: Platform): string => `${platform.name}-cache`;
export const leadershipTable = (platform: Platform): string => `${platform.name}-leadership`;

export const bucketName = (platform: Platform, bucket: string, region: string): string =>
  `${platform.name}-${bucket}-${platform.account}-${region}`;
/** Buckets that Holdfast makes beside those of the file: a name that the file may not use. */
export const OWN_BUCKETS = { logs: 'logs', archive: 'archive', exports: 'cache-exports' } as const;
/** Segments of the WAL archive, and what backups and restores write down. The same keys in both regions. */
export const archiveBucket = (platform: Platform, region: string): string =>
  bucketName(platform, OWN_BUCKETS.archive, region);
/** What ElastiCache exports of its snapshots. */
export const exportsBucket = (platform: Platform, region: string): string =>
  bucketName(platform, OWN_BUCKETS.exports, region);
/** Role that S3 assumes to replicate out of a region. Roles are global, so the region is in the name. */
export const replicationRole = (platform: Platform, region: string): string =>
  `${platform.name}-s3-replication-${region}`;

/** Repository of an own image. */
export const repositoryName = (platform: Platform, image: string): string => `${platform.name}/${image}`;
/** ECR allows 30 characters for the prefix of a pull-through cache. */
const PREFIX_MAX = 30;
/**
 * Prefix of the pull-through cache of a public registry. A prefix that would be too long keeps its beginning and ends in
 * what tells the registries apart.
 */
export const pullThroughPrefix = (platform: Platform, registry: string): string => {
  const whole = `${platform.name}-${registry.replaceAll('.', '-')}`;
  if (whole.length <= PREFIX_MAX) return whole;
  const label = registry.split('.').at(-2) ?? registry;
  return `${platform.name}-${label}`.slice(0, PREFIX_MAX);
};
/** Secret with the login at a public registry. */
export const registryLogin = (platform: Platform, registry: string): string =>
  `ecr-pullthroughcache/${pullThroughPrefix(platform, registry)}`;

export const secretName = (platform: Platform, secret: string): string => `${platform.name}/${secret}`;
/** ARN pattern of a secret; Secrets Manager adds six characters of its own. */
export const secretArnPattern = (platform: Platform, secret: string, region: string): string =>
  secretArnByName(platform, secretName(platform, secret), region);
export const secretArnByName = (platform: Platform, name: string, region: string): string =>
  `arn:aws:secretsmanager:${region}:${platform.account}:secret:${name}-??????`;

/** Secret that holds a configuration file of the platform file, as `secretName` takes it. */
export const fileSecret = (file: string): string => `files/${file}`;

export const clusterName = (platform: Platform): string => platform.name;
/** Family of the task definitions of a service, the same in both regions. */
export const taskFamily = (platform: Platform, service: string): string => `${platform.name}-${service}`;
/** Name of the application's container in every task. */
export const APPLICATION_CONTAINER = 'app';
/** Of the archiver's container: another one than that of the services, which the agent scales with the lead. */
export const archiverCluster = (platform: Platform): string => `${platform.name}-archive`;
/** Of the region's collector of metrics, which runs in both regions whoever leads. */
export const collectorCluster = (platform: Platform): string => `${platform.name}-metrics`;
export const functionName = (platform: Platform, lambda: string): string => `${platform.name}-${lambda}`;
export const logGroup = (platform: Platform, ...path: string[]): string =>
  ['/holdfast', platform.name, ...path].join('/');

/** Log group of a region with everything that was typed and shown in sessions of `exec`. */
export const commandLogs = (platform: Platform): string => logGroup(platform, 'exec');

/** What the rules and the alert manager of a region's workspace say; AWS itself lets services write below this prefix. */
export const workspaceLogs = (platform: Platform): string =>
  `/aws/vendedlogs/holdfast/${platform.name}/prometheus`;

export const functionArn = (platform: Platform, lambda: string, region: string): string =>
  `arn:aws:lambda:${region}:${platform.account}:function:${functionName(platform, lambda)}`;

/** Topic of the alarms of the Edge stack. */
export const edgeAlarmsTopic = (platform: Platform): string => `${platform.name}-edge-alarms`;
export const edgeAlarmsTopicArn = (platform: Platform): string =>
  `arn:aws:sns:${EDGE_REGION}:${platform.account}:${edgeAlarmsTopic(platform)}`;
/** Topic of a region that reaches the person on call. */
export const onCallTopic = (platform: Platform): string => `${platform.name}-on-call`;
export const onCallTopicArn = (platform: Platform, region: string): string =>
  `arn:aws:sns:${region}:${platform.account}:${onCallTopic(platform)}`;
/** Topic of a region that takes what its alert manager says, for the relay. */
export const alertsTopic = (platform: Platform): string => `${platform.name}-alerts`;
export const alertsTopicArn = (platform: Platform, region: string): string =>
  `arn:aws:sns:${region}:${platform.account}:${alertsTopic(platform)}`;
/** Topic of a region with the addresses of a receiver. */
export const mailTopic = (platform: Platform, receiver: string): string =>
  `${platform.name}-mail-${receiver}`;
export const mailTopicArn = (platform: Platform, receiver: string, region: string): string =>
  `arn:aws:sns:${region}:${platform.account}:${mailTopic(platform, receiver)}`;
/** Dashboard of a region in CloudWatch. Dashboards are global, so the region is in the name. */
export const dashboardName = (platform: Platform, region: string): string => `${platform.name}-${region}`;
/** Canary of a place; Synthetics takes lower-case letters, digits, hyphens. */
export const canaryName = (platform: Platform): string => `${platform.name}-canary`;
export const alarmName = (platform: Platform, what: string): string => `${platform.name}-${what}`;

/** Fixed name of a region in the hosted zone: `home.<domain>` and `standby.<domain>`. */
export const regionDomain = (platform: Platform, role: Role): string => `${role}.${platform.domain.name}`;
/** Custom domain of a leadership endpoint, in standby and witness. */
export const endpointDomain = (platform: Platform, place: 'standby' | 'witness'): string =>
  `leader-${place}.${platform.domain.name}`;

/** Name of the CDN in the hosted zone. */
export const cdnDomain = (platform: Platform, { host }: Cdn): string => `${host}.${platform.domain.name}`;
/** What belongs to the CDN: its firewall and its policies. CloudFront is global, and so are their names. */
export const cdnName = (platform: Platform): string => `${platform.name}-cdn`;
/** AWS itself lets services write below this prefix. */
export const cdnLogs = (platform: Platform): string => `/aws/vendedlogs/holdfast/${platform.name}/cdn`;

/** The platform's name and every other host that a route names: what the failover records carry. */
export const publicNames = (platform: Platform): string[] => {
  const hosts = platform.services.flatMap(({ routes }) => routes.flatMap(({ host }) => host ?? []));
  return [...new Set([platform.domain.name, ...hosts])].sort();
};

/** Role with which Grafana reads the metrics. Roles are global, so the region is in the name. */
export const grafanaRole = (platform: Platform, region: string): string =>
  `${platform.name}-grafana-${region}`;
/** Parameter of a region that says where its metrics are: AWS invents the address, and the other region shows them too. */
export const metricsAddressParameter = (platform: Platform): string =>
  `/holdfast/${platform.name}/metrics-address`;
/** Parameter in which the function that sets Grafana up writes down what it has applied. */
export const grafanaAppliedParameter = (platform: Platform): string =>
  `/holdfast/${platform.name}/grafana-applied`;
export const parameterArn = (platform: Platform, region: string, name: string): string =>
  `arn:aws:ssm:${region}:${platform.account}:parameter${name}`;
/** What the one-off task of a service's migration is called wherever the service itself has a name. */
export const migrationName = (service: string): string => `${service}-migration`;
/** Parameter of a region that says which migrations of a service have run. */
export const migrationLedger = (platform: Platform, service: string): string =>
  `/holdfast/${platform.name}/migrations/${service}`;
