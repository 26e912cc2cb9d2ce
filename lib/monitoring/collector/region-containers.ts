import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CACHE_SECRET_FIELD, DATABASE_SECRET_FIELDS } from '../../../lambda/secret-rotation/contract';
import { COLLECTOR_IMAGE, EXPORTER_IMAGES } from '../../config/image';
import { secretName } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { PublicImage } from '../../service/pull-through-cache';
import type { Backing } from '../../service/task-environment';
import { CONFIGURATION_VARIABLE, rendered } from './otel';
import { COLLECTOR_MEMORY_MIB, OWN_PORTS, regionConfiguration, type ScrapeJob } from './region-adot';
import { configuration, EVERY_SECONDS, READERS, type Reader } from './region-cloudwatch';

/** A container of the collector's task, without its image's address and its log. */
export type Container = Omit<CfnTaskDefinition.ContainerDefinitionProperty, 'image' | 'logConfiguration'> & {
  readonly image: PublicImage;
};

export interface ContainersProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly backing: Backing;
  readonly remoteWriteUrl: string;
}

const PORTS = { postgres: 9187, cache: 9121, own: 5000, slow: 5001, peer: 5002 } as const;
/** What each may take beside the collector; together less than the task has. */
const MEMORY_MIB = { postgres: 96, cache: 64, cloudwatch: 96 } as const;
/** Sessions in the database change faster than what CloudWatch has of anything. */
const EXPORTERS_SECONDS = 30;
/** Also what is read every five minutes: a series that is not heard of for so long counts as gone. */
const CLOUDWATCH_SECONDS = 60;

/** Secrets that the containers of a platform read, without its name. */
export const secretsRead = ({ backing }: Pick<ContainersProps, 'backing'>): readonly string[] => [
  ...(backing.database ? ['database-monitor'] : []),
  ...(backing.cache ? ['cache'] : []),
];

/** @returns the collector and the exporters that the platform has something for */
export function containers(props: ContainersProps): readonly Container[] {
  const { platform, role, backing } = props;
  const readers = READERS.filter((reader) => configuration(platform, role, reader));
  const jobs: ScrapeJob[] = [
    ...(backing.database ? [asking('postgres', [PORTS.postgres], EXPORTERS_SECONDS)] : []),
    ...(backing.cache ? [asking('cache', [PORTS.cache], EXPORTERS_SECONDS)] : []),
    asking(
      'cloudwatch',
      readers.map((reader) => PORTS[reader]),
      CLOUDWATCH_SECONDS,
    ),
  ];
  return [
    collector(props, jobs),
    ...(backing.database ? [postgres(props, backing.database)] : []),
    ...(backing.cache ? [cache(props, backing.cache)] : []),
    ...readers.map((reader) => cloudwatch(props, reader)),
  ];
}

const asking = (job: ScrapeJob['job'], ports: readonly number[], everySeconds: number): ScrapeJob => ({
  job,
  ports,
  everySeconds,
});

const variables = (all: Readonly<Record<string, string>>): CfnTaskDefinition.KeyValuePairProperty[] =>
  Object.entries(all).map(([name, value]) => ({ name, value }));

function collector(
  { platform, role, remoteWriteUrl }: ContainersProps,
  jobs: readonly ScrapeJob[],
): Container {
  return {
    name: 'collector',
    image: COLLECTOR_IMAGE,
    essential: true,
    memory: COLLECTOR_MEMORY_MIB,
    readonlyRootFilesystem: true,
    environment: variables({
      [CONFIGURATION_VARIABLE]: rendered(regionConfiguration(platform, role, jobs, remoteWriteUrl)),
      GOMEMLIMIT: `${Math.floor(COLLECTOR_MEMORY_MIB * 0.7)}MiB`,
    }),
    // The image has no shell, but a program that asks the collector how it is.
    healthCheck: {
      command: ['CMD', '/healthcheck', `-port=${OWN_PORTS.health}`],
      interval: 30,
      timeout: 5,
      retries: 3,
      startPeriod: 30,
    },
  };
}

/** One that ends is started anew, and the collector goes on without it: `up` of its job is 0 meanwhile. */
const EXPORTER = {
  essential: false,
  restartPolicy: { enabled: true },
  readonlyRootFilesystem: true,
} as const;

/** The ARN is without the six characters that Secrets Manager adds; ECS finds the secret all the same. */
const secretOf = ({ platform, role }: ContainersProps, secret: string, field: string): string =>
  `arn:aws:secretsmanager:${platform.regions[role].name}:${platform.account}:secret:${secretName(platform, secret)}:${field}::`;

/**
 * The image has none of RDS's certificates, so it cannot tell whose the server's is. What it sends of the password does
 * not help a false server: a login by SCRAM proves that both sides know it.
 */
function postgres(props: ContainersProps, { host, port, name }: NonNullable<Backing['database']>): Container {
  const [username, password] = DATABASE_SECRET_FIELDS;
  const { database } = props.platform;
  const hasStatements = database?.kind === 'managed' && database.extensions.includes('pg_stat_statements');
  return {
    ...EXPORTER,
    name: 'postgres',
    image: EXPORTER_IMAGES.postgres,
    memory: MEMORY_MIB.postgres,
    command: [
      `--web.listen-address=127.0.0.1:${PORTS.postgres}`,
      '--collector.database_wraparound',
      ...(hasStatements ? ['--collector.stat_statements'] : []),
      // Nobody looks at these, and each costs the database a query.
      ...UNUSED_COLLECTORS.map((collector) => `--no-collector.${collector}`),
      // RDS's own, whose size nobody else may ask.
      '--exclude-databases=rdsadmin',
      '--log.level=warn',
    ],
    environment: variables({
      DATA_SOURCE_URI: `${host}:${port}/${name}?sslmode=require&application_name=holdfast-metrics`,
      PG_EXPORTER_COLLECTION_TIMEOUT: '15s',
    }),
    secrets: [
      { name: 'DATA_SOURCE_USER', valueFrom: secretOf(props, 'database-monitor', username) },
      { name: 'DATA_SOURCE_PASS', valueFrom: secretOf(props, 'database-monitor', password) },
    ],
  };
}

const UNUSED_COLLECTORS = [
  'stat_archiver',
  'stat_bgwriter',
  'stat_progress_vacuum',
  'stat_replication',
  'stat_user_tables',
  'statio_user_tables',
  'wal',
] as const;

function cache(props: ContainersProps, { host, port }: NonNullable<Backing['cache']>): Container {
  return {
    ...EXPORTER,
    name: 'cache',
    image: EXPORTER_IMAGES.cache,
    memory: MEMORY_MIB.cache,
    environment: variables({
      REDIS_ADDR: `rediss://${host}:${port}`,
      // ElastiCache refuses CONFIG.
      REDIS_EXPORTER_CONFIG_COMMAND: '-',
      REDIS_EXPORTER_EXCLUDE_LATENCY_HISTOGRAM_METRICS: 'true',
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:${PORTS.cache}`,
    }),
    secrets: [{ name: 'REDIS_PASSWORD', valueFrom: secretOf(props, 'cache', CACHE_SECRET_FIELD) }],
  };
}

const CONFIGURATION_FILE = '/tmp/cloudwatch.yml';

/** It reads its configuration from a file only, and its image has a shell that can write one. */
function cloudwatch({ platform, role }: ContainersProps, reader: Reader): Container {
  const start = [
    `printf %s "$CONFIGURATION" > ${CONFIGURATION_FILE} && exec /bin/yace`,
    `--config.file=${CONFIGURATION_FILE}`,
    `--listen-address=127.0.0.1:${PORTS[reader]}`,
    `--scraping-interval=${EVERY_SECONDS[reader]}`,
    '--labels-snake-case',
    '--log.level=error',
  ].join(' ');
  return {
    ...EXPORTER,
    name: `cloudwatch-${reader}`,
    image: EXPORTER_IMAGES.cloudwatch,
    memory: MEMORY_MIB.cloudwatch,
    entryPoint: ['/bin/sh', '-c'],
    command: [start],
    linuxParameters: {
      tmpfs: [{ containerPath: '/tmp', size: 1, mountOptions: ['nosuid', 'nodev', 'noexec'] }],
    },
    environment: variables({
      CONFIGURATION: JSON.stringify(configuration(platform, role, reader)),
      // It would ask IAM for the alias of the account each time, which nobody needs, and IAM is in one region only: while
      // that is away, this region must be seen all the same. Nothing listens here, so the answer comes at once.
      AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1',
    }),
  };
}
