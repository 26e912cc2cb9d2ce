import { describe, expect, it } from '@jest/globals';
import type { Service } from '../../lib/config/platform';
import { expectedOf } from '../../lib/config/timings';
import { platform, synthesized } from '../support/synth';
import { attributes, backupView, drillDays, scalingView, serviceView } from '../support/templates';

// The rows of prodstack's table that are built, and the figures of the others in its file.
const HOME = 'us-west-2';
const file = platform('prodstack');
const synth = () => synthesized('prodstack');
const service = (name: string): Service => {
  const found = file.services.find((one) => one.name === name);
  if (!found) throw new Error(`There is no service ${name}.`);
  return found;
};

describe('services', () => {
  it('run the backend 5 to 20 times by CPU at 70 % and memory', () => {
    expect(serviceView(synth(), HOME, 'backend').gate).toMatchObject({
      Serving: expect.stringMatching(/^5 \d+ 20$/),
    });
    expect(scalingView(synth(), HOME, 'backend').expression('high')).toBe('MAX([cpu/70,memory/80])');
  });

  it('run the frontend 3 to 10 times by CPU at 50 %', () => {
    expect(serviceView(synth(), HOME, 'frontend').gate).toMatchObject({
      Serving: expect.stringMatching(/^3 \d+ 10$/),
    });
    expect(scalingView(synth(), HOME, 'frontend').expression('high')).toBe('cpu/50');
  });

  it('want the worker 10 to 50 times by the length of its queue, up within a minute or two, down after five', () => {
    expect(service('worker').replicas.home).toMatchObject({ min: 10, max: 50 });
    const { high, low, expression } = scalingView(synth(), HOME, 'worker');
    expect(expression('high')).toContain('(waiting+taken)');
    expect(high).toMatchObject({ EvaluationPeriods: 1, Threshold: 1 });
    expect(low).toMatchObject({ EvaluationPeriods: 5 });
  });

  it('wait five calm minutes before a step in the opposite direction', () => {
    for (const name of ['backend', 'frontend', 'worker'])
      expect(scalingView(synth(), HOME, name).low.EvaluationPeriods * 60).toBeGreaterThanOrEqual(300);
  });
});

describe('data', () => {
  it('serve 200 connections, preload pg_stat_statements and log slow queries', () => {
    const { Parameters } = synth().only(`${HOME}-Data`, 'AWS::RDS::DBParameterGroup').Properties;
    expect(Parameters).toMatchObject({ max_connections: '200', log_min_duration_statement: '500' });
    expect(Parameters.shared_preload_libraries).toContain('pg_stat_statements');
  });

  it('want three extensions, a clustered broker and shared files', () => {
    for (const region of [HOME, 'us-east-2'])
      expect(synth().only(`${region}-Data`, 'AWS::AmazonMQ::Broker').Properties).toMatchObject({
        EngineType: 'RABBITMQ',
        DeploymentMode: 'CLUSTER_MULTI_AZ',
      });
    expect(file.database).toMatchObject({ extensions: ['pg_stat_statements', 'pg_trgm', 'uuid-ossp'] });
    expect(service('backend').sharedFiles?.path).toBe('/srv/shared');
    for (const region of [HOME, 'us-east-2'])
      expect(synth().resources(`${region}-Data`, 'AWS::EFS::FileSystem')).toHaveLength(2);
  });

  it('have a cache for 100,000 operations a second: a primary with two replicas on a large class', () => {
    expect(synth().only(`${HOME}-Data`, 'AWS::ElastiCache::ReplicationGroup').Properties).toMatchObject({
      CacheNodeType: 'cache.r7g.large',
      NumCacheClusters: 3,
    });
  });

  it('keep objects in a bucket of each region that replicates to the other', () => {
    for (const region of [HOME, 'us-east-2'])
      expect(
        synth()
          .resources(`${region}-Data`, 'Custom::HoldfastBucketReplication')
          .map(([, { Properties }]) => Properties.Bucket),
      ).toContain(`prodstack-objects-123456789012-${region}`);
  });
});

describe('edge', () => {
  it('limits the rate on the paths of API, login and WebSockets', () => {
    const { Rules } = synth().only(`${HOME}-Cluster`, 'AWS::WAFv2::WebACL').Properties;
    expect(Rules.slice(0, 3).map(({ Name }: { Name: string }) => Name)).toEqual([
      'rate-api',
      'rate-auth',
      'rate-websocket',
    ]);
  });

  it('keeps a WebSocket open for an hour of silence', () => {
    const { LoadBalancerAttributes } = synth().only(
      `${HOME}-Cluster`,
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ).Properties;
    expect(attributes(LoadBalancerAttributes)['idle_timeout.timeout_seconds']).toBe('3600');
  });

  it('sets HSTS, CSP and X-Frame-Options behind modern ciphers', () => {
    const [https] = synth()
      .resources(`${HOME}-Cluster`, 'AWS::ElasticLoadBalancingV2::Listener')
      .filter(([, { Properties }]) => Properties.Protocol === 'HTTPS');
    const headers = attributes(https?.[1].Properties.ListenerAttributes);
    expect(https?.[1].Properties.SslPolicy).toBe('ELBSecurityPolicy-TLS13-1-2-Res-2021-06');
    for (const header of ['strict_transport_security', 'content_security_policy', 'x_frame_options'])
      expect(headers).toHaveProperty([`routing.http.response.${header}.header_value`]);
  });

  it('compresses static files by gzip and Brotli at a CDN, which asks the name that fails over', () => {
    const suffix = 'us-east-1-Edge';
    const { DistributionConfig } = synth().only(suffix, 'AWS::CloudFront::Distribution').Properties;
    expect(DistributionConfig.Origins.map(({ DomainName }: { DomainName: string }) => DomainName)).toEqual([
      file.domain.name,
    ]);
    expect(
      DistributionConfig.CacheBehaviors.map(
        ({ PathPattern, Compress }: { PathPattern: string; Compress: boolean }) => [PathPattern, Compress],
      ),
    ).toEqual([
      ['/static/*', true],
      ['/assets/*', true],
    ]);
    expect(synth().only(suffix, 'AWS::CloudFront::CachePolicy').Properties.CachePolicyConfig).toMatchObject({
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: true,
        EnableAcceptEncodingBrotli: true,
      },
    });
  });
});

describe('secrets, deployments and backups', () => {
  it('keeps eleven secrets and five configuration files in Secrets Manager', () => {
    const names = synth()
      .resources(`${HOME}-Foundation`, 'AWS::SecretsManager::Secret')
      .map(([, { Properties }]) => String(Properties.Name));
    const own = file.secrets.map(({ name }) => `prodstack/${name}`);
    // Ten of its own, and the login of the broker, which AWS generates.
    const asked = [...own, 'prodstack/tasks-queue'];
    expect(asked).toHaveLength(11);
    expect(names).toEqual(expect.arrayContaining(asked));
    expect(names.filter((name) => name.startsWith('prodstack/files/'))).toHaveLength(5);
  });

  it('deploys canary, blue/green and rolling', () => {
    const strategies = file.services.map(({ name, deployment }) => `${name} ${deployment.strategy}`);
    expect(strategies).toEqual([
      'backend canary',
      'frontend blue-green',
      'sentry-relay rolling',
      'worker rolling',
    ]);
    const strategyOf = (name: string) =>
      synth().only(`${HOME}-Service-${name}`, 'AWS::ECS::Service').Properties.DeploymentConfiguration
        .Strategy;
    expect([strategyOf('backend'), strategyOf('frontend'), strategyOf('worker')]).toEqual([
      'CANARY',
      'BLUE_GREEN',
      'ROLLING',
    ]);
  });

  it('backs everything up at 02:00, keeps 30 days and restores every month on trial', () => {
    for (const region of [HOME, 'us-east-2']) {
      expect(backupView(synth(), region, 'prodstack')).toMatchObject({
        starts: { nightly: 'cron(0 2 * * ? *)' },
        covers: { nightly: ['database', 'cache', 'buckets', 'configuration'] },
        keep: { daily: 30, weekly: 4, monthly: 12 },
      });
      expect(drillDays(synth(), region, 'prodstack')).toBe(30);
    }
  });

  it('recovers within 15 minutes, where it takes one to four hours today', () => {
    expect(file.objectives.rtoSeconds).toBe(900);
    expect(expectedOf(file).rtoSeconds).toBeLessThanOrEqual(file.objectives.rtoSeconds);
  });

  it('takes errors of browsers by the Sentry relay, before the routes of the backend', () => {
    const rules = (name: string) =>
      synth()
        .resources(`${HOME}-Service-${name}`, 'AWS::ElasticLoadBalancingV2::ListenerRule')
        .map(([, { Properties }]) => Properties);
    const [relay] = rules('sentry-relay');
    expect(JSON.stringify(relay?.Conditions)).toContain('/api/*/envelope/');
    for (const { Priority } of rules('backend')) expect(Priority).toBeGreaterThan(relay?.Priority);
  });

  it('keeps metrics 15 days and shows them in Grafana', () => {
    for (const region of [HOME, 'us-east-2']) {
      const { WorkspaceConfiguration } = synth().only(`${region}-Cluster`, 'AWS::APS::Workspace').Properties;
      expect(WorkspaceConfiguration).toMatchObject({ RetentionPeriodInDays: 15 });
    }
    // Where it survives the loss of home.
    expect(synth().resources('us-east-2-Monitoring', 'AWS::Grafana::Workspace')).toHaveLength(1);
  });
});
