import type { Platform, Role } from '../../config/platform';
import { SERIES, type SeriesSource } from '../metrics/series';
import {
  BATCH,
  type Configuration,
  extensions,
  HEALTH,
  memoryLimit,
  type OwnPorts,
  ownScrape,
  REMOTE_WRITE,
  remoteWrite,
  type Settings,
  SIGNING,
  telemetry,
  WITHOUT_SCRAPE_REPORTS,
} from './otel';
import { catalogueLabels, keepOnly } from './region-labels';

/** Something beside the collector that answers Prometheus. */
export interface ScrapeJob {
  /** What the label `job` says. */
  readonly job: 'postgres' | 'cache' | 'cloudwatch';
  readonly ports: readonly number[];
  /** Seconds between two readings. */
  readonly everySeconds: number;
}

/** What the collector may take, in MiB. */
export const COLLECTOR_MEMORY_MIB = 448;
export const OWN_PORTS: OwnPorts = { health: 13_133, metrics: 8888 };

const SOURCES: Readonly<Record<ScrapeJob['job'], readonly SeriesSource[]>> = {
  postgres: ['postgres'],
  cache: ['cache'],
  cloudwatch: ['cloudwatch', 'holdfast'],
};
/** An exporter that takes longer than this is told as down, in seconds. */
const PATIENCE_SECONDS = 20;

/**
 * The exporter of CloudWatch gives a value that is no number where there is none. Of a series with such values `absent()`
 * never says that it is silent, and a sum over it is no number either. Only such a value differs from itself.
 */
const WITHOUT_NOTHING: Settings = {
  error_mode: 'ignore',
  metric_conditions: ['datapoint.value_double != datapoint.value_double'],
};

/** What the collector of a region does: it asks the exporters beside it, and sends what the catalogue lists. */
export function regionConfiguration(
  platform: Platform,
  role: Role,
  jobs: readonly ScrapeJob[],
  remoteWriteUrl: string,
): Configuration {
  return {
    extensions: extensions(platform.regions[role].name, OWN_PORTS),
    receivers: { prometheus: { config: { scrape_configs: [...jobs.map(scrape), ownScrape(OWN_PORTS)] } } },
    processors: {
      memory_limiter: memoryLimit(COLLECTOR_MEMORY_MIB),
      'filter/reports': WITHOUT_SCRAPE_REPORTS,
      'filter/nothing': WITHOUT_NOTHING,
      batch: BATCH,
    },
    exporters: {
      [REMOTE_WRITE]: {
        ...remoteWrite(platform, role, remoteWriteUrl),
        // Of a target they say its address on this task, and nothing else.
        resource_to_telemetry_conversion: { enabled: false },
      },
    },
    service: {
      extensions: [HEALTH, SIGNING],
      pipelines: {
        metrics: {
          receivers: ['prometheus'],
          processors: ['memory_limiter', 'filter/reports', 'filter/nothing', 'batch'],
          exporters: [REMOTE_WRITE],
        },
      },
      telemetry: telemetry(OWN_PORTS),
    },
  };
}

function scrape({ job, ports, everySeconds }: ScrapeJob): Settings {
  const names = SERIES.filter(({ source }) => SOURCES[job].includes(source)).map(({ name }) => name);
  return {
    job_name: job,
    scrape_interval: `${everySeconds}s`,
    scrape_timeout: `${PATIENCE_SECONDS}s`,
    static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }],
    metric_relabel_configs: [keepOnly(names), ...(job === 'cloudwatch' ? catalogueLabels() : [])],
  };
}
