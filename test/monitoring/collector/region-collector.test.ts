import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Platform, Role } from '../../../lib/config/platform';
import { RegionCollector } from '../../../lib/monitoring/collector/region-collector';
import { SERIES } from '../../../lib/monitoring/metrics/series';
import { platform } from '../../support/synth';
import { type Statement, statements } from '../../support/templates';
import { bareStack } from '../support';

const WORKSPACE = 'arn:aws:aps:us-east-1:123456789012:workspace/ws-1';
const HOME = 'us-east-1';
const STANDBY = 'us-west-2';

interface Container {
  readonly Name: string;
  readonly Image: string;
  readonly Essential: boolean;
  readonly Memory: number;
  readonly Command?: readonly string[];
  readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
  readonly Secrets?: readonly { readonly Name: string; readonly ValueFrom: string }[];
  readonly ReadonlyRootFilesystem: boolean;
  readonly RestartPolicy?: { readonly Enabled: boolean };
}

/** The collector of a region in a stack of its own. */
function collected(of: Platform, role: Role, without: readonly ('database' | 'cache')[] = []) {
  const { stack, key, template } = bareStack(of, role);
  new RegionCollector(stack, 'Collector', {
    platform: of,
    role,
    workspace: { arn: WORKSPACE, remoteWriteUrl: 'https://aps/ws-1/api/v1/remote_write' },
    network: { vpcId: 'vpc-1', subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'] },
    groups: { databaseClients: 'sg-database', cacheClients: 'sg-cache' },
    backing: {
      brokers: new Map(),
      ...(without.includes('database')
        ? {}
        : { database: { host: 'db.internal', port: '5432', name: 'ops_center' } }),
      ...(without.includes('cache') ? {} : { cache: { host: 'cache.internal', port: '6379' } }),
    },
    key,
    logKey: key,
  });
  const { Resources } = template().toJSON();
  const one = (type: string) => Object.values(template().findResources(type))[0]?.Properties;
  const containers: Container[] = one('AWS::ECS::TaskDefinition').ContainerDefinitions;
  return {
    statements: statements({ Resources }),
    definition: one('AWS::ECS::TaskDefinition'),
    service: one('AWS::ECS::Service'),
    cluster: one('AWS::ECS::Cluster'),
    containers,
    named: (name: string): Container => {
      const found = containers.find(({ Name }) => Name === name);
      if (!found) throw new Error(`There is no container ${name}.`);
      return found;
    },
  };
}

const home = collected(platform('ops-center'), 'home');
const variable = ({ Environment }: Container, name: string) =>
  Environment.find(({ Name }) => Name === name)?.Value ?? '';
const configured = (container: Container) => parse(variable(container, 'AOT_CONFIG_CONTENT'));
const actionsOf = (all: readonly Statement[], id: string) =>
  [...new Set(all.filter((one) => one.id.startsWith(id)).flatMap(({ actions }) => actions))].sort();

describe("the region's collector", () => {
  it('is one small task in a cluster that the agent does not scale', () => {
    expect(home.cluster.ClusterName).toBe('ops-center-metrics');
    expect(home.service).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    expect(home.definition).toMatchObject({
      Cpu: '256',
      Memory: '1024',
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
    });
    const taken = home.containers.reduce((sum, { Memory }) => sum + Memory, 0);
    expect(taken).toBeLessThanOrEqual(1024 - 64);
  });

  it('has an exporter for each part, whose end stops nothing else', () => {
    expect(home.containers.map(({ Name, Essential }) => [Name, Essential])).toEqual([
      ['collector', true],
      ['postgres', false],
      ['cache', false],
      ['cloudwatch-own', false],
      ['cloudwatch-slow', false],
      ['cloudwatch-peer', false],
    ]);
    for (const { Essential, RestartPolicy, ReadonlyRootFilesystem } of home.containers) {
      expect(ReadonlyRootFilesystem).toBe(true);
      if (!Essential) expect(RestartPolicy?.Enabled).toBe(true);
    }
  });

  it('has none for a part that is not there', () => {
    const alone = collected(platform('ops-center'), 'standby', ['database', 'cache']);
    expect(alone.containers.map(({ Name }) => Name)).toEqual([
      'collector',
      'cloudwatch-own',
      'cloudwatch-slow',
      'cloudwatch-peer',
    ]);
    expect(JSON.stringify(alone.definition)).not.toContain('secretsmanager');
    expect(alone.service.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups).toHaveLength(1);
    expect(actionsOf(alone.statements, 'CollectorRolesExecution')).not.toContain(
      'secretsmanager:GetSecretValue',
    );
  });

  it('runs images of one release each, out of the cache of its region', () => {
    for (const { Image } of home.containers)
      expect(Image).toMatch(
        /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/ops-center-(public-ecr-aws|quay-io)\/.+:v\d+\.\d+\.\d+$/,
      );
  });

  it('listens to nobody outside of its task', () => {
    for (const { Name, Command = [], Environment } of home.containers.filter(({ Essential }) => !Essential)) {
      const told = [...Command, ...Environment.map(({ Value }) => Value)].join(' ');
      expect([Name, /127\.0\.0\.1:(9187|9121|500[012])/.test(told)]).toEqual([Name, true]);
    }
  });

  it('fits into a definition of a task, which has 64 KB', () => {
    expect(JSON.stringify(home.definition).length).toBeLessThan(40 * 1024);
  });
});

describe('what it asks', () => {
  const { scrape_configs: scrapes } = configured(home.named('collector')).receivers.prometheus.config;
  const job = (name: string) => scrapes.find((one: { job_name: string }) => one.job_name === name);

  it('is every exporter on its port, and itself', () => {
    expect(scrapes.map((one: { job_name: string }) => one.job_name)).toEqual([
      'postgres',
      'cache',
      'cloudwatch',
      'collector',
    ]);
    expect(job('postgres')).toMatchObject({
      scrape_interval: '30s',
      static_configs: [{ targets: ['127.0.0.1:9187'] }],
    });
    expect(job('cloudwatch')).toMatchObject({
      scrape_interval: '60s',
      static_configs: [{ targets: ['127.0.0.1:5000', '127.0.0.1:5001', '127.0.0.1:5002'] }],
    });
  });

  it('keeps exactly what the catalogue lists of each', () => {
    const kept = (name: string) => job(name).metric_relabel_configs[0].regex.split('|').sort();
    const listed = (...sources: string[]) =>
      SERIES.filter(({ source }) => sources.includes(source))
        .map(({ name }) => name)
        .sort();
    expect(kept('postgres')).toEqual(listed('postgres'));
    expect(kept('cache')).toEqual(listed('cache'));
    expect(kept('cloudwatch')).toEqual(listed('cloudwatch', 'holdfast'));
    expect(kept('collector')).toEqual(listed('collector'));
  });

  it('is sent with the names of platform, region and role to the workspace, signed', () => {
    const { exporters, extensions, service } = configured(home.named('collector'));
    expect(exporters.prometheus_remote_write).toMatchObject({
      endpoint: 'https://aps/ws-1/api/v1/remote_write',
      auth: { authenticator: 'sigv4auth' },
      external_labels: { platform: 'ops-center', region: HOME, role: 'home' },
    });
    expect(extensions.sigv4auth).toEqual({ region: HOME, service: 'aps' });
    expect(service.pipelines.metrics.processors[0]).toBe('memory_limiter');
    expect(service.pipelines.metrics.processors.at(-1)).toBe('batch');
  });

  it('names in its pipeline only what it defines', () => {
    const { receivers, processors, exporters, extensions, service } = configured(home.named('collector'));
    expect(Object.keys(receivers)).toEqual(service.pipelines.metrics.receivers);
    expect(Object.keys(processors).sort()).toEqual([...service.pipelines.metrics.processors].sort());
    expect(Object.keys(exporters)).toEqual(service.pipelines.metrics.exporters);
    expect(Object.keys(extensions).sort()).toEqual([...service.extensions].sort());
  });
});

describe('the exporters', () => {
  it('log in to the database over TLS with the credential that may read statistics only', () => {
    const postgres = home.named('postgres');
    expect(variable(postgres, 'DATA_SOURCE_URI')).toMatch(/^db\.internal:5432\/ops_center\?sslmode=require/);
    const secret = `arn:aws:secretsmanager:${HOME}:123456789012:secret:ops-center/database-monitor`;
    expect(postgres.Secrets).toEqual([
      { Name: 'DATA_SOURCE_USER', ValueFrom: `${secret}:username::` },
      { Name: 'DATA_SOURCE_PASS', ValueFrom: `${secret}:password::` },
    ]);
  });

  it('look at the statements where the database has the extension', () => {
    const withStatements = (extensions: string[]) => {
      const of = platform('ops-center');
      if (of.database?.kind !== 'managed') throw new Error('ops-center has a managed database');
      const made = collected({ ...of, database: { ...of.database, extensions } }, 'home');
      return made.named('postgres').Command?.includes('--collector.stat_statements');
    };
    expect(withStatements(['pg_stat_statements'])).toBe(true);
    expect(withStatements([])).toBe(false);
  });

  it('ask the cache over TLS with its token, and not for what ElastiCache refuses', () => {
    const cache = home.named('cache');
    expect(variable(cache, 'REDIS_ADDR')).toBe('rediss://cache.internal:6379');
    expect(variable(cache, 'REDIS_EXPORTER_CONFIG_COMMAND')).toBe('-');
    expect(cache.Secrets?.map(({ Name }) => Name)).toEqual(['REDIS_PASSWORD']);
  });

  it('of CloudWatch get their configuration as text, and do not wait for IAM, which is in one region', () => {
    for (const reader of ['own', 'slow', 'peer']) {
      const container = home.named(`cloudwatch-${reader}`);
      expect(JSON.parse(variable(container, 'CONFIGURATION'))).toMatchObject({ apiVersion: 'v1alpha1' });
      expect(variable(container, 'AWS_ENDPOINT_URL_IAM')).toBe('http://127.0.0.1:1');
    }
    expect(home.named('cloudwatch-slow').Command?.join()).toContain('--scraping-interval=300');
    expect(home.named('cloudwatch-own').Command?.join()).toContain('--scraping-interval=60');
  });
});

describe('what it may do', () => {
  it('is to read metrics and tags in the two regions, and to write into its workspace', () => {
    const task = home.statements.filter(({ id }) => id.startsWith('CollectorRolesTask'));
    expect(task.map(({ actions, resources }) => [actions, resources])).toEqual([
      [['aps:RemoteWrite'], [WORKSPACE]],
      [
        [
          'cloudwatch:GetMetricData',
          'cloudwatch:GetMetricStatistics',
          'cloudwatch:ListMetrics',
          'tag:GetResources',
        ],
        ['*'],
      ],
    ]);
    expect(task[1]?.condition).toEqual({ StringEquals: { 'aws:RequestedRegion': [HOME, STANDBY] } });
  });

  it('is to start with two secrets of its region, and no others', () => {
    const read = home.statements.filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
    expect(read.flatMap(({ resources }) => resources)).toEqual(
      ['cache', 'database-monitor'].map(
        (name) => `arn:aws:secretsmanager:${HOME}:123456789012:secret:ops-center/${name}-??????`,
      ),
    );
  });

  it('is found by a rotation, which starts it anew', () => {
    expect(home.service.Tags).toEqual([{ Key: 'holdfast:secrets', Value: 'database-monitor cache' }]);
  });

  it('is to reach the database and the cache, and to be reached by nobody', () => {
    const groups = home.service.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups;
    expect(groups.slice(1)).toEqual(['sg-database', 'sg-cache']);
  });
});
