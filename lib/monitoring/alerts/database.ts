import type { ManagedDatabase, Platform } from '../../config/platform';
import type { Alert, AlertContext } from './alert';
import { hasMetrics } from './parts';
import { own, unlessStandingBy } from './promql';
import { downOrUnseen, perSecond } from './promql-parts';

const OF_DATABASE = { component: 'database', team: 'database', appliesTo: hasManagedDatabase } as const;

/** A database that Holdfast runs; it measures no other. */
export function hasManagedDatabase({ database }: Platform): boolean {
  return database?.kind === 'managed';
}

/** @throws RangeError if there is no such database: the alert applies to none then */
export function managedDatabase({ name, database }: Platform): ManagedDatabase {
  if (database?.kind !== 'managed') throw new RangeError(`${name} has no managed database.`);
  return database;
}

/** The application's own database: neither `postgres` nor that of RDS. */
const datname = ({ platform }: AlertContext): string => `datname="${managedDatabase(platform).name}"`;

/** Transactions that ended in a way, a second over five minutes. */
const ended = (context: AlertContext, way: 'commit' | 'rollback'): string =>
  perSecond(`pg_stat_database_xact_${way}${own(context, datname(context))}`, '5m');

const GIB = 1024 ** 3;

/** Fewer transactions a second than this say nothing about a share or a mean of them. */
const ENOUGH_TRANSACTIONS = 1;

/** PostgreSQL: connections, statements, reachability. */
export const DATABASE_ALERTS: readonly Alert[] = [
  {
    ...OF_DATABASE,
    name: 'DatabaseUnreachable',
    severity: 'critical',
    // A Multi-AZ failover usually ends within two minutes, and nobody is needed for it.
    forSeconds: 120,
    expression: (context) => unlessStandingBy(context, downOrUnseen(context, 'pg_up')),
    summary: 'The database does not answer.',
    description:
      'The exporter of PostgreSQL cannot log in, or answers nothing itself, though the collector runs. Requests that need the database fail.',
    panel: 'database/up',
  },
  {
    ...OF_DATABASE,
    name: 'DatabaseConnectionPoolExhausted',
    severity: 'warning',
    forSeconds: 120,
    // From nine tenths of the pool on, requests are about to wait for each other.
    threshold: { value: (platform) => 0.9 * managedDatabase(platform).pool.open, unit: 'connections' },
    appliesTo: (platform) => hasManagedDatabase(platform) && hasMetrics(platform),
    expression: (context) =>
      `sum by (service, zone, task) (db_connections_active${own(context, 'job="application"')}) > ${context.threshold}`,
    summary: 'A task of {{ $labels.service }} has nearly used up its connections to the database.',
    description:
      'Task {{ $labels.task }} in {{ $labels.zone }} uses {{ $value }} connections of its pool, more than {threshold}. The next requests wait for one.',
    panel: 'database/pool',
  },
  {
    ...OF_DATABASE,
    name: 'DatabaseMaxConnections',
    severity: 'warning',
    forSeconds: 300,
    // Holdfast keeps 20 connections back, a tenth of the smallest size: at 80 percent scaling out still has room.
    threshold: { value: 80, unit: 'percent' },
    expression: (context) =>
      `100 * sum(pg_stat_database_numbackends${own(context)}) / max(pg_settings_max_connections${own(context)}) > ${context.threshold}`,
    summary: 'The database is running out of connections.',
    description:
      '{{ printf "%.0f" $value }} percent of max_connections are taken, more than {threshold}. At 100 percent new tasks cannot start and the agents of Holdfast cannot log in.',
    panel: 'database/connections',
  },
  {
    ...OF_DATABASE,
    name: 'SlowDatabaseQueries',
    severity: 'warning',
    forSeconds: 600,
    // What the file calls slow for one statement is slow for the mean of all without a doubt.
    threshold: { value: (platform) => managedDatabase(platform).slowQueryMilliseconds, unit: 'ms' },
    expression: (context) => {
      const all = `(${ended(context, 'commit')} + ${ended(context, 'rollback')})`;
      const working = perSecond(
        `pg_stat_database_active_time_seconds_total${own(context, datname(context))}`,
        '5m',
      );
      return unlessStandingBy(
        context,
        `1000 * ${working} / ${all} > ${context.threshold} and ${all} > ${ENOUGH_TRANSACTIONS}`,
      );
    },
    summary: 'The statements of the database are slow.',
    description:
      'A transaction works {{ printf "%.0f" $value }} ms on average over five minutes, more than {threshold}.',
    panel: 'database/slow-queries',
  },
  {
    ...OF_DATABASE,
    name: 'HighDatabaseErrorRate',
    severity: 'warning',
    forSeconds: 300,
    // Some libraries end each reading session with a rollback; those platforms set their own bound.
    threshold: { value: 10, unit: 'percent' },
    expression: (context) => {
      const all = `(${ended(context, 'commit')} + ${ended(context, 'rollback')})`;
      return unlessStandingBy(
        context,
        `100 * ${ended(context, 'rollback')} / ${all} > ${context.threshold} and ${all} > ${ENOUGH_TRANSACTIONS}`,
      );
    },
    summary: 'Many transactions of the database are rolled back.',
    description:
      '{{ printf "%.0f" $value }} percent of the transactions ended with a rollback over five minutes, more than {threshold}.',
    panel: 'database/transactions',
  },
  {
    ...OF_DATABASE,
    name: 'DatabaseDeadlocks',
    severity: 'warning',
    forSeconds: 0,
    // A single one is retried by its client; several within minutes are two pieces of code that lock in opposite orders.
    threshold: { value: 5, unit: 'deadlocks in ten minutes' },
    expression: (context) =>
      `sum(increase(pg_stat_database_deadlocks${own(context, datname(context))}[10m])) > ${context.threshold}`,
    summary: 'Transactions lock each other out.',
    description:
      'PostgreSQL broke {{ printf "%.0f" $value }} deadlocks in ten minutes, more than {threshold}; each ended a transaction with an error.',
    panel: 'database/deadlocks',
  },
  {
    ...OF_DATABASE,
    name: 'LongTransaction',
    severity: 'warning',
    forSeconds: 60,
    // A quarter of an hour holds up vacuum, and a slot that the archive has to make anew after a loss.
    threshold: { value: 900, unit: 's' },
    expression: (context) =>
      `max by (usename, state) (pg_stat_activity_max_tx_duration${own(context, datname(context))}) > ${context.threshold}`,
    summary: 'A transaction of {{ $labels.usename }} is open for a long time.',
    description:
      'It is open for {{ humanizeDuration $value }} ({{ $labels.state }}), longer than {threshold}. Until it ends nothing is vacuumed, its locks stay, and the archive cannot begin anew.',
    panel: 'database/long-transactions',
  },
  {
    ...OF_DATABASE,
    name: 'TransactionIdWraparound',
    severity: 'warning',
    forSeconds: 1800,
    // Autovacuum begins at 200 million, PostgreSQL stops at about 2,100: at 500 vacuum does not follow, and there is time.
    threshold: { value: 500, unit: 'million transactions' },
    expression: (context) =>
      unlessStandingBy(
        context,
        `max(pg_database_wraparound_age_datfrozenxid_seconds${own(context)}) / 1e6 > ${context.threshold}`,
      ),
    summary: 'Vacuum does not follow: transaction ids are being used up.',
    description:
      'The oldest unfrozen row is {{ printf "%.0f" $value }} million transactions old, more than {threshold}. At about 2,100 million PostgreSQL takes no more writes.',
    panel: 'database/wraparound',
  },
  {
    ...OF_DATABASE,
    name: 'DatabaseHighCpu',
    severity: 'warning',
    // A backup or a report may take all of it for some minutes; the value is one of five minutes.
    forSeconds: 600,
    threshold: { value: 85, unit: 'percent' },
    expression: (context) =>
      `max by (database) (min_over_time(aws_rds_cpuutilization_average${own(context)}[15m])) > ${context.threshold}`,
    summary: 'The database instance {{ $labels.database }} is short of CPU.',
    description:
      'Its CPU was at {{ printf "%.0f" $value }} percent at least for a quarter of an hour; the bound is {threshold}.',
    panel: 'database/cpu',
  },
  {
    ...OF_DATABASE,
    name: 'DatabaseDiskLow',
    severity: 'critical',
    // RDS makes the volume larger by itself when less than a tenth is free, and takes some minutes for it: what is still
    // low afterwards has reached maxGib, or grew within the six hours before.
    forSeconds: 1800,
    threshold: { value: (platform) => managedDatabase(platform).storage.gib / 10, unit: 'GiB' },
    expression: (context) =>
      `max by (database) (max_over_time(aws_rds_free_storage_space_minimum${own(context)}[15m])) / ${GIB} < ${context.threshold}`,
    summary: 'The disk of the database instance {{ $labels.database }} is nearly full.',
    description:
      'It has {{ printf "%.1f" $value }} GiB left, less than {threshold}, and did not grow by itself. A full disk stops the database.',
    panel: 'database/storage',
  },
];
