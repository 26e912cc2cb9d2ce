import { sentenceOf } from '../runtime/errors';
import { verifyBuckets } from './buckets/part';
import { backUpCache } from './cache/part';
import { recordConfiguration } from './configuration/part';
import type { BackupSettings, Component, StartInput } from './contract';
import { backUpDatabase, type DatabaseReport } from './database/part';
import type { ComponentReport, Host } from './host';
import type { World } from './ports';
import { isoOf } from './schedule';

/** What one start came to. */
export interface RunReport {
  readonly format: 'holdfast-backup-1';
  readonly platform: string;
  readonly region: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly start: StartInput;
  readonly components: Readonly<Partial<Record<Component, ComponentReport>>>;
  /** Null where this region has nothing to tell of it. */
  readonly replicating: boolean | null;
}

/**
 * One start: looks at every component, does what is due, and says what it came to. A start begins what takes long; later
 * ones see whether it has come to its end, copy it and remove what is too old. What was begun is known from AWS alone,
 * so that a crash anywhere, a second start at the same time or a missed one leaves nothing behind that the next does
 * not finish.
 */
export async function run(
  world: World,
  settings: BackupSettings,
  start: StartInput,
  host: Host,
): Promise<RunReport> {
  const startedAt = isoOf(host.clock.now());
  const { database, ...others } = await lookAfter(world, settings, host);
  return {
    format: 'holdfast-backup-1',
    platform: settings.platform,
    region: settings.own,
    startedAt,
    endedAt: isoOf(host.clock.now()),
    start,
    components: { ...(database && { database }), ...others },
    replicating: database?.replicating ?? null,
  };
}

type Components = RunReport['components'] & { readonly database?: DatabaseReport };

/** One after the other: what takes the instance's time comes first. */
async function lookAfter(
  { leadership, database: rds, cache: valkey, buckets: s3, ...sources }: World,
  settings: BackupSettings,
  host: Host,
): Promise<Components> {
  const { database: instance, cache: group, buckets: names, schedules } = settings;
  const database =
    instance &&
    (await safely(
      () => backUpDatabase(leadership, rds, { ...settings, database: instance }, host),
      asDatabase,
    ));
  const cache =
    group &&
    valkey &&
    (await safely(() => backUpCache(leadership, valkey, { ...settings, cache: group }, host), asItIs));
  const buckets = names.length > 0 ? await safely(() => verifyBuckets(s3, names), asItIs) : undefined;
  const configuration = schedules.some(({ covers }) => covers.includes('configuration'))
    ? await safely(() => recordConfiguration({ leadership, ...sources }, settings, host), asItIs)
    : undefined;
  return {
    ...(database && { database }),
    ...(cache && { cache }),
    ...(buckets && { buckets }),
    ...(configuration && { configuration }),
  };
}

/** A mistake in one component must not keep the others from being backed up. */
async function safely<T extends ComponentReport>(
  work: () => Promise<T>,
  asReport: (failed: ComponentReport) => T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failures = [sentenceOf(error)];
    return asReport({ done: [], failures, notes: [], quota: false, ageSeconds: null, inventory: null });
  }
}

const asItIs = (failed: ComponentReport): ComponentReport => failed;
const asDatabase = (failed: ComponentReport): DatabaseReport => ({ ...failed, replicating: null });
