import type { ManagedDatabase, Platform } from '../../config/platform';
import { hasMetrics } from '../alerts/parts';
import type { Dashboard, Panel } from './panel';
import { managedDatabase, where } from './parts';
import { one, REGION, rate, share, shareOrNone, slow } from './queries';

/** PostgreSQL, in the region that leads and in the other one. */
export const database = (platform: Platform): Dashboard | undefined => {
  const managed = managedDatabase(platform);
  if (managed === undefined) return undefined;
  return {
    name: 'database',
    title: 'Database',
    description: 'PostgreSQL: connections, statements, locks, memory, replication and storage.',
    choices: ['region'],
    rows: [
      { title: 'Reachable and connected', panels: connections(platform, managed) },
      { title: 'Statements', panels: statements(managed) },
      { title: 'Memory, replication and storage', panels: machine(managed) },
    ],
  };
};

const pg = (metric: string, ...more: readonly string[]): string =>
  `pg_${metric}{${[REGION, ...more].join(', ')}}`;
const rds = (metric: string): string => slow(`aws_rds_${metric}{${REGION}}`);
const of = ({ name }: ManagedDatabase): string => `datname="${name}"`;

const connections = (platform: Platform, managed: ManagedDatabase): readonly Panel[] => [
  {
    slug: 'up',
    title: 'Reachable',
    description: 'Whether the exporter could log in.',
    view: 'states',
    unit: 'none',
    queries: one('{{region}}', `max by (region) (${pg('up')})`),
    width: 8,
    states: { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } },
  },
  {
    slug: 'role',
    title: 'Writer and replica',
    description: 'What the instance of each region is.',
    view: 'states',
    unit: 'none',
    queries: one('{{region}}', `max by (region) (${pg('replication_is_replica')})`),
    width: 8,
    states: { 0: { text: 'writer', color: 'green' }, 1: { text: 'replica', color: 'blue' } },
  },
  {
    slug: 'cpu',
    title: 'CPU',
    description: 'Of the CPU of an instance.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{database}} in {{region}}',
      `max by (region, database) (${rds('cpuutilization_average')}) / 100`,
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'connections',
    title: 'Connections',
    description: 'Of the sessions that the instance admits.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{region}}',
      share(
        `sum by (region) (${pg('stat_database_numbackends')})`,
        `max by (region) (${pg('settings_max_connections')})`,
      ),
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'sessions',
    title: 'Sessions by state',
    description: `What sessions of ${managed.name} do. Many that are idle in a transaction hold locks for nothing.`,
    view: 'areas',
    unit: 'short',
    queries: one('{{state}}', `sum by (state) (${pg('stat_activity_count', of(managed))}) > 0`),
    width: 8,
    min: 0,
  },
  ...where<Panel>(hasMetrics(platform), {
    slug: 'pool',
    title: 'Pools of the tasks',
    description: `Connections in use of each task, of ${managed.pool.open} that it may open.`,
    view: 'lines',
    unit: 'short',
    queries: one('{{service}} {{task}}', `sum by (service, task) (db_connections_active{${REGION}})`),
    width: 8,
    min: 0,
  }),
];

const statements = (managed: ManagedDatabase): readonly Panel[] => {
  const commits = `sum by (region) (${rate(pg('stat_database_xact_commit', of(managed)))})`;
  const rollbacks = `sum by (region) (${rate(pg('stat_database_xact_rollback', of(managed)))})`;
  return [
    {
      slug: 'transaction-rate',
      title: 'Transactions',
      description: 'Transactions that ended.',
      view: 'lines',
      unit: 'ops',
      queries: [
        { legend: '{{region}} committed', expression: commits },
        { legend: '{{region}} rolled back', expression: rollbacks },
      ],
      width: 8,
      min: 0,
    },
    {
      slug: 'transactions',
      title: 'Rolled back',
      description: 'Share of the transactions that were rolled back.',
      view: 'lines',
      unit: 'percentunit',
      queries: one('{{region}}', share(rollbacks, `${commits} + ${rollbacks}`)),
      width: 8,
      min: 0,
    },
    {
      slug: 'slow-queries',
      title: 'Time of a statement',
      description: 'Mean over all statements.',
      view: 'lines',
      unit: 's',
      queries: one(
        '{{region}}',
        share(
          `sum by (region) (${rate(pg('stat_statements_seconds_total', of(managed)))})`,
          `sum by (region) (${rate(pg('stat_statements_calls_total', of(managed)))})`,
        ),
      ),
      width: 8,
      min: 0,
    },
    {
      slug: 'slowest-statements',
      title: 'Statements that take most time',
      description:
        'Seconds of work in each second, by the number that pg_stat_statements gives a statement: `SELECT query FROM pg_stat_statements WHERE queryid = ...`.',
      view: 'lines',
      unit: 's',
      queries: one(
        '{{user}} {{queryid}}',
        `topk(10, sum by (user, queryid) (${rate(pg('stat_statements_seconds_total', of(managed)))}))`,
      ),
      width: 12,
      min: 0,
    },
    {
      slug: 'long-transactions',
      title: 'Oldest transaction',
      description: 'How long the oldest transaction is open. It keeps vacuum and the archive from going on.',
      view: 'lines',
      unit: 's',
      queries: one(
        '{{usename}}: {{state}}',
        `max by (usename, state) (${pg('stat_activity_max_tx_duration', of(managed))}) > 0`,
      ),
      width: 12,
      min: 0,
    },
    {
      slug: 'locks',
      title: 'Locks',
      description: 'Locks held or waited for, by mode.',
      view: 'areas',
      unit: 'short',
      queries: one('{{mode}}', `sum by (mode) (${pg('locks_count', of(managed))}) > 0`),
      width: 12,
      min: 0,
    },
    {
      slug: 'deadlocks',
      title: 'Deadlocks in ten minutes',
      description: 'Each ended a transaction with an error.',
      view: 'lines',
      unit: 'short',
      queries: one(
        '{{region}}',
        `sum by (region) (increase(${pg('stat_database_deadlocks', of(managed))}[10m]))`,
      ),
      width: 12,
      min: 0,
    },
  ];
};

const machine = (managed: ManagedDatabase): readonly Panel[] => {
  const hits = `sum by (region) (${rate(pg('stat_database_blks_hit', of(managed)))})`;
  const reads = `sum by (region) (${rate(pg('stat_database_blks_read', of(managed)))})`;
  return [
    {
      slug: 'hit-ratio',
      title: 'Found in memory',
      description: 'Share of the blocks that needed no disk. Below 99 % the instance is small for its data.',
      view: 'lines',
      unit: 'percentunit',
      queries: one('{{region}}', shareOrNone(hits, `${hits} + ${reads}`)),
      width: 8,
      bad: 'below',
      max: 1,
    },
    {
      slug: 'free-memory',
      title: 'Free memory',
      description: 'What the system could still give.',
      view: 'lines',
      unit: 'bytes',
      queries: one(
        '{{database}} in {{region}}',
        `min by (region, database) (${rds('freeable_memory_minimum')})`,
      ),
      width: 8,
      bad: 'below',
      min: 0,
    },
    {
      slug: 'disk-queue',
      title: 'Waiting for the disk',
      description: 'Reads and writes in the queue of the disk.',
      view: 'lines',
      unit: 'short',
      queries: one(
        '{{database}} in {{region}}',
        `max by (region, database) (${rds('disk_queue_depth_average')})`,
      ),
      width: 8,
      min: 0,
    },
    {
      slug: 'replication',
      title: 'Replay of replicas',
      description:
        'How far PostgreSQL itself says that a replica is behind. It grows also while nothing is written.',
      view: 'lines',
      unit: 's',
      queries: [
        { legend: '{{region}}', expression: `max by (region) (${pg('replication_lag_seconds')})` },
        {
          legend: '{{database}} in {{region}}, by RDS',
          expression: `max by (region, database) (${rds('replica_lag_maximum')})`,
        },
      ],
      width: 8,
      min: 0,
    },
    {
      slug: 'wraparound',
      title: 'Age of the oldest row not frozen',
      description:
        'In transactions. Autovacuum begins at 200 million; at about 2,100 million PostgreSQL takes no more writes.',
      view: 'lines',
      unit: 'short',
      queries: one(
        '{{datname}} in {{region}}',
        `max by (region, datname) (${pg('database_wraparound_age_datfrozenxid_seconds')})`,
      ),
      width: 8,
      min: 0,
    },
    {
      slug: 'storage',
      title: 'Storage',
      description: `Free disk, which grows up to ${managed.storage.maxGib} GiB by itself, and what the database takes.`,
      view: 'lines',
      unit: 'bytes',
      queries: [
        {
          legend: '{{database}} in {{region}} free',
          expression: `min by (region, database) (${rds('free_storage_space_minimum')})`,
        },
        {
          legend: '{{datname}} in {{region}}',
          expression: `max by (region, datname) (${pg('database_size_bytes', of(managed))})`,
        },
      ],
      width: 8,
      bad: 'below',
      min: 0,
    },
  ];
};
