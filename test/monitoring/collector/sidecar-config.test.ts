import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Platform, Service } from '../../../lib/config/platform';
import { COLLECTOR_MIB } from '../../../lib/config/sizes';
import { rendered } from '../../../lib/monitoring/collector/otel';
import {
  ownPorts,
  sidecarConfiguration,
  TASK_METRICS,
} from '../../../lib/monitoring/collector/sidecar-config';
import { COLLECTOR } from '../../../lib/monitoring/metrics/collector';
import { TASK } from '../../../lib/monitoring/metrics/task';
import { variant } from '../../support/synth';

const TARGET = variant('ops-center', {
  monitoring: { scrapeSeconds: 45 },
  services: { backend: { metrics: { path: '/internal/metrics' } } },
});

function service(name: string, platform: Platform = TARGET): Service {
  const found = platform.services.find((one) => one.name === name);
  if (!found) throw new Error(`There is no service ${name}.`);
  return found;
}
const URL_OF_WORKSPACE = 'https://aps/ws-1/api/v1/remote_write';
/** The configuration as the collector reads it. */
const configuration = (name: string) =>
  parse(rendered(sidecarConfiguration(TARGET, 'standby', service(name), URL_OF_WORKSPACE)));
const scrapes = (name: string) => configuration(name).receivers.prometheus.config.scrape_configs;
const job = (name: string, wanted: string) =>
  scrapes(name).find(({ job_name }: { job_name: string }) => job_name === wanted);

describe('the configuration of the collector beside a task', () => {
  it('uses nothing that it does not define, and defines nothing that it does not use', () => {
    const { service: pipelines, ...parts } = configuration('backend');
    const used = (kind: string): string[] => [
      ...new Set<string>(
        Object.values<Record<string, string[]>>(pipelines.pipelines).flatMap((one) => one[kind] ?? []),
      ),
    ];
    for (const kind of ['receivers', 'processors', 'exporters'])
      expect(used(kind).sort()).toEqual(Object.keys(parts[kind]).sort());
    expect(pipelines.extensions.sort()).toEqual(Object.keys(parts.extensions).sort());
  });

  it('uses only what the image has', () => {
    const { receivers, processors, exporters, extensions } = configuration('backend');
    const kinds = [receivers, processors, exporters, extensions]
      .flatMap((part) => Object.keys(part))
      .map((name) => name.split('/')[0]);
    const IN_THE_IMAGE = [
      ...['prometheus', 'awsecscontainermetrics'],
      ...['memory_limiter', 'filter', 'resource_detection', 'resource', 'batch'],
      ...['prometheus_remote_write', 'health_check', 'sigv4auth'],
    ];
    expect(kinds.filter((kind) => !IN_THE_IMAGE.includes(kind ?? ''))).toEqual([]);
  });

  it('reads the application where and as often as the file says', () => {
    expect(job('backend', 'application')).toEqual({
      job_name: 'application',
      scrape_interval: '45s',
      metrics_path: '/internal/metrics',
      static_configs: [{ targets: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)] }],
    });
    expect(job('backend', 'application').static_configs[0].targets).toEqual([
      `127.0.0.1:${service('backend').metrics?.containerPort}`,
    ]);
  });

  it('reads no application that says nothing of metrics, but its task all the same', () => {
    expect(service('frontend').metrics).toBeUndefined();
    expect(scrapes('frontend').map(({ job_name }: { job_name: string }) => job_name)).toEqual(['collector']);
    expect(configuration('frontend').receivers.awsecscontainermetrics).toEqual({
      collection_interval: '45s',
    });
  });

  it('keeps of itself the series of the catalogue', () => {
    const [{ regex, action }] = job('backend', 'collector').metric_relabel_configs;
    expect(action).toBe('keep');
    expect(regex.split('|').sort()).toEqual(COLLECTOR.map(({ name }) => name).sort());
  });

  it('sends of the task the series of the catalogue, and drops all others', () => {
    expect(TASK_METRICS.map((name) => name.replaceAll('.', '_')).sort()).toEqual(
      TASK.map(({ name }) => name).sort(),
    );
    const [condition] = configuration('backend').processors['filter/task'].metric_conditions;
    const kept = [...condition.matchAll(/metric\.name != "([^"]+)"/g)].map(([, name]) => name);
    expect(kept).toEqual([...TASK_METRICS]);
    expect(condition.split(' and ')).toHaveLength(TASK_METRICS.length);
  });

  it('labels all with platform, region, role, service, task and zone, and drops the rest of where it is', () => {
    const { exporters, processors } = configuration('backend');
    expect(exporters.prometheus_remote_write.external_labels).toEqual({
      platform: 'ops-center',
      region: 'us-west-2',
      role: 'standby',
    });
    const attributes: { key?: string; pattern?: string; action: string }[] = processors.resource.attributes;
    expect(attributes.flatMap(({ key }) => key ?? [])).toEqual(['service', 'task', 'zone', 'container']);
    const dropped = new RegExp(attributes.at(-1)?.pattern ?? '');
    for (const name of [
      'aws.ecs.task.arn',
      'cloud.region',
      'container.image.tag',
      'server.port',
      'url.scheme',
    ])
      expect(dropped.test(name)).toBe(true);
    for (const name of ['service.name', 'service.instance.id', 'service', 'task', 'zone', 'container'])
      expect(dropped.test(name)).toBe(false);
  });

  it('changes no name on the way: no suffix of a unit, no series beside the ones read', () => {
    expect(configuration('backend').exporters.prometheus_remote_write).toMatchObject({
      translation_strategy: 'UnderscoreEscapingWithoutSuffixes',
      target_info: { enabled: false },
      disable_scope_info: true,
    });
  });

  it('signs for the region, and holds no dollar, which both the collector and CloudFormation would take for a variable', () => {
    const { extensions, exporters } = configuration('backend');
    expect(extensions.sigv4auth).toEqual({ region: 'us-west-2', service: 'aps' });
    expect(exporters.prometheus_remote_write.endpoint).toBe(URL_OF_WORKSPACE);
    const text = rendered(sidecarConfiguration(TARGET, 'standby', service('backend'), URL_OF_WORKSPACE));
    expect(text).not.toContain('$');
  });

  it('refuses data before the limit of its container ends it', () => {
    const { limit_mib, spike_limit_mib } = configuration('backend').processors.memory_limiter;
    expect(limit_mib).toBeLessThan(COLLECTOR_MIB);
    expect(spike_limit_mib).toBeLessThan(limit_mib);
  });
});

describe('the ports of the collector', () => {
  it('are on the loopback interface only', () => {
    const { extensions, service: own } = configuration('backend');
    expect(extensions.health_check.endpoint).toBe('127.0.0.1:13133');
    expect(own.telemetry.metrics.readers[0].pull.exporter.prometheus).toMatchObject({
      host: '127.0.0.1',
      port: 13_134,
    });
  });

  it('give way to those of the application', () => {
    expect(ownPorts({ ports: { http: 8080 } })).toEqual({ health: 13_133, metrics: 13_134 });
    expect(ownPorts({ ports: { http: 13_133 } })).toEqual({ health: 13_134, metrics: 13_135 });
    expect(ownPorts({ ports: { http: 13_134, admin: 13_135 } })).toEqual({ health: 13_133, metrics: 13_136 });
  });
});
