import type { Platform, Role, Service } from '../../config/platform';
import { COLLECTOR_MIB } from '../../config/sizes';
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

/** What is sent of what ECS offers of a task, in the receiver's own spelling; as series their dots are underscores. */
export const TASK_METRICS = [
  'ecs.task.cpu.utilized',
  'ecs.task.cpu.reserved',
  'ecs.task.memory.utilized',
  'ecs.task.memory.reserved',
  'ecs.task.ephemeral_storage.utilized',
  'ecs.task.ephemeral_storage.reserved',
  'ecs.task.network.rate.rx',
  'ecs.task.network.rate.tx',
  'ecs.task.storage.read_bytes',
  'ecs.task.storage.write_bytes',
  'container.cpu.usage.vcpu',
  'container.memory.utilized',
] as const;

const FIRST_PORT = 13_133;

/** Ports of the collector. All containers of a task share its ports, so those of the application are passed over. */
export function ownPorts({ ports }: Pick<Service, 'ports'>): OwnPorts {
  const taken = new Set(Object.values(ports));
  const next = (from: number): number => (taken.has(from) ? next(from + 1) : from);
  const health = next(FIRST_PORT);
  return { health, metrics: next(health + 1) };
}

/** The application's own metrics, if it has any. */
const applicationScrape = ({ metrics }: Service): Settings[] =>
  metrics
    ? [
        {
          job_name: 'application',
          scrape_interval: `${metrics.intervalSeconds}s`,
          metrics_path: metrics.path,
          static_configs: [{ targets: [`127.0.0.1:${metrics.containerPort}`] }],
        },
      ]
    : [];

/** Which service, task and zone: as labels, in place of all that the receivers know about where they are. */
const labelled = (service: Service): Settings => ({
  attributes: [
    { key: 'service', value: service.name, action: 'upsert' },
    { key: 'task', from_attribute: 'aws.ecs.task.id', action: 'upsert' },
    { key: 'zone', from_attribute: 'cloud.availability_zone', action: 'upsert' },
    { key: 'container', from_attribute: 'container.name', action: 'upsert' },
    { pattern: '^(aws|cloud|container|host|http|net|server|url)[.]', action: 'delete' },
  ],
});

/** What the collector beside the tasks of a service does. */
export function sidecarConfiguration(
  platform: Platform,
  role: Role,
  service: Service,
  remoteWriteUrl: string,
): Configuration {
  const ports = ownPorts(service);
  const pipeline = (receiver: string, filter: string) => ({
    receivers: [receiver],
    processors: ['memory_limiter', filter, 'resource_detection', 'resource', 'batch'],
    exporters: [REMOTE_WRITE],
  });
  return {
    extensions: extensions(platform.regions[role].name, ports),
    receivers: {
      prometheus: { config: { scrape_configs: [...applicationScrape(service), ownScrape(ports)] } },
      awsecscontainermetrics: { collection_interval: `${platform.monitoring.scrapeSeconds}s` },
    },
    processors: {
      memory_limiter: memoryLimit(COLLECTOR_MIB),
      'filter/scraped': WITHOUT_SCRAPE_REPORTS,
      'filter/task': {
        metric_conditions: [TASK_METRICS.map((name) => `metric.name != "${name}"`).join(' and ')],
      },
      resource_detection: { detectors: ['ecs'], timeout: '5s' },
      resource: labelled(service),
      batch: BATCH,
    },
    exporters: { [REMOTE_WRITE]: remoteWrite(platform, role, remoteWriteUrl) },
    service: {
      extensions: [HEALTH, SIGNING],
      pipelines: {
        'metrics/scraped': pipeline('prometheus', 'filter/scraped'),
        'metrics/task': pipeline('awsecscontainermetrics', 'filter/task'),
      },
      telemetry: telemetry(ports),
    },
  };
}
