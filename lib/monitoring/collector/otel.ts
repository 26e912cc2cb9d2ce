import { stringify } from 'yaml';
import type { Platform, Role } from '../../config/platform';
import { COLLECTOR } from '../metrics/collector';

/**
 * What the collectors of metrics have in common: the one beside every task and the one of the region. Names and forms are
 * those of OpenTelemetry's collector 0.156, which is what the pinned image has. In a configuration `$` begins a variable: a
 * dollar that is meant is written twice.
 * https://opentelemetry.io/docs/collector/configuration/
 */
export type Settings = Readonly<Record<string, unknown>>;

export interface Configuration {
  readonly extensions: Settings;
  readonly receivers: Settings;
  readonly processors: Settings;
  readonly exporters: Settings;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Pipeline>>;
    readonly telemetry: Settings;
  };
}

export interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** Ports on which a collector answers within its own task; both on the loopback interface only. */
export interface OwnPorts {
  readonly health: number;
  readonly metrics: number;
}

/** Variable of the image that carries the whole configuration. */
export const CONFIGURATION_VARIABLE = 'AOT_CONFIG_CONTENT';
export const REMOTE_WRITE = 'prometheus_remote_write';
export const SIGNING = 'sigv4auth';
export const HEALTH = 'health_check';

/** A configuration as the image takes it. Never folded: a line break would change a long text. */
export const rendered = (configuration: Configuration): string => stringify(configuration, { lineWidth: 0 });

/**
 * Sends to the workspace in the order of reading, one request at a time: it refuses what is older than what it has. Names stay
 * as they are read, without the suffixes that the exporter would invent from units.
 * @param endpoint address of the workspace; it stands in the text itself, because CloudFormation takes a variable of the
 *   collector for one of its own
 */
export const remoteWrite = (platform: Platform, role: Role, endpoint: string): Settings => ({
  endpoint,
  auth: { authenticator: SIGNING },
  timeout: '10s',
  // A series that has such a label already keeps its own.
  external_labels: { platform: platform.name, region: platform.regions[role].name, role },
  translation_strategy: 'UnderscoreEscapingWithoutSuffixes',
  resource_to_telemetry_conversion: { enabled: true, exclude_service_attributes: true },
  // Labels of the libraries that measured, and a series about each target: paid for and read by nobody.
  disable_scope_info: true,
  target_info: { enabled: false },
  max_batch_request_parallelism: 1,
  remote_write_queue: { enabled: true, queue_size: 200 },
  retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '30s', max_elapsed_time: '120s' },
});

export const extensions = (region: string, { health }: OwnPorts): Settings => ({
  [HEALTH]: { endpoint: `127.0.0.1:${health}` },
  [SIGNING]: { region, service: 'aps' },
});

/** The collector's own log and metrics. */
export const telemetry = ({ metrics }: OwnPorts): Settings => ({
  logs: { level: 'warn', encoding: 'json' },
  metrics: {
    level: 'normal',
    readers: [
      {
        pull: {
          exporter: {
            prometheus: {
              host: '127.0.0.1',
              port: metrics,
              without_scope_info: true,
              without_type_suffix: true,
              without_units: true,
            },
          },
        },
      },
    ],
  },
});

/** The collector reads itself, once a minute, and keeps what tells whether it loses anything. */
export const ownScrape = ({ metrics }: OwnPorts): Settings => ({
  job_name: 'collector',
  scrape_interval: '60s',
  static_configs: [{ targets: [`127.0.0.1:${metrics}`] }],
  metric_relabel_configs: [
    { source_labels: ['__name__'], regex: COLLECTOR.map(({ name }) => name).join('|'), action: 'keep' },
    { regex: 'service_(name|version|instance_id)', action: 'labeldrop' },
  ],
});

/** Drops what reading itself reports of every target, but for `up`: four series a target that nobody looks at. */
export const WITHOUT_SCRAPE_REPORTS: Settings = {
  metric_conditions: ['IsMatch(metric.name, "^scrape_")'],
};

/** Refuses new data, and collects garbage, before the container's limit would end the collector. */
export const memoryLimit = (limitMib: number): Settings => ({
  check_interval: '1s',
  limit_mib: Math.floor(limitMib * 0.75),
  spike_limit_mib: Math.floor(limitMib * 0.15),
});

export const BATCH: Settings = { timeout: '10s', send_batch_size: 1000 };
