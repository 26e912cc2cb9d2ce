import { describe, expect, it } from '@jest/globals';
import { writableWithinSeconds } from '../../lib/config/timings';
import { platform, synthesized } from '../support/synth';
import {
  attributes,
  backupView,
  failoverPair,
  inService,
  scalingView,
  serviceView,
  zonesOf,
} from '../support/templates';

// The rows of mercator-jupiter's table that are built, and the figures of the others in its file.
const REGIONS = ['us-east-1', 'eu-west-1'];
const file = platform('mercator-jupiter');
const synth = () => synthesized('mercator-jupiter');
const gateway = (region = 'us-east-1') => serviceView(synth(), region, 'gateway');
const [service] = file.services;

describe('instances', () => {
  it.each(REGIONS)('run 3 to 10 times in %s, one per zone, by CPU at 70 %%', (region) => {
    expect(gateway(region).gate).toMatchObject({ Serving: '3 3 10', Standby: '3 3 10' });
    const { Subnets } = gateway(region).service.NetworkConfiguration.AwsvpcConfiguration;
    expect(new Set(zonesOf(synth(), Subnets)).size).toBe(3);
    expect(gateway(region).service.AvailabilityZoneRebalancing).toBe('ENABLED');
    expect(scalingView(synth(), region, 'gateway').expression('high')).toBe('cpu/70');
  });

  it('stay 2 in service at any number of them', () => {
    const { MinimumHealthyPercent } = gateway().service.DeploymentConfiguration;
    for (const desired of [3, 4, 5, 6, 7, 8, 9, 10])
      expect(inService(desired, MinimumHealthyPercent)).toBeGreaterThanOrEqual(2);
  });
});

describe('traffic', () => {
  it('goes to port 8080 in turn, with metrics on 9090', () => {
    expect(gateway().targetGroup.Port).toBe(8080);
    expect(gateway().targetAttributes['load_balancing.algorithm.type']).toBe('round_robin');
    expect(service?.metrics).toMatchObject({ containerPort: 9090 });
  });

  it('may stream for 300 s of silence and drains as long', () => {
    const { LoadBalancerAttributes } = synth().only(
      'us-east-1-Cluster',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ).Properties;
    expect(attributes(LoadBalancerAttributes)['idle_timeout.timeout_seconds']).toBe('300');
    expect(gateway().targetAttributes['deregistration_delay.timeout_seconds']).toBe('300');
  });

  it('follows the shallow health path: 30 s, 5 s to answer, 2 up, 3 down; the deep one never routes', () => {
    expect(gateway().targetGroup).toMatchObject({
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
    });
    expect(service?.deepHealth?.path).toBe('/health/deep');
  });

  it('can be moved to either region by DNS, with the 60 s of a balancer', () => {
    expect(failoverPair(synth(), file, 'gateway.example.com').count).toBe(2);
    expect(file.edge.ttlSeconds).toBe(60);
  });
});

describe('evidence', () => {
  it('is asked over TLS only, by pools of 50 open and 10 idle connections of an hour, which all fit', () => {
    const { Parameters } = synth().only('us-east-1-Data', 'AWS::RDS::DBParameterGroup').Properties;
    expect(Parameters['rds.force_ssl']).toBe('1');
    expect(file.database).toMatchObject({ pool: { open: 50, idle: 10, lifetimeSeconds: 3600 } });
    const tasks = file.services.reduce((sum, { replicas }) => sum + replicas.home.max, 0);
    expect(Number(Parameters.max_connections)).toBeGreaterThan(50 * tasks);
  });
});

describe('regions', () => {
  it('both run at full capacity, and the standby promises to take writes 70 s after a loss and a promotion', () => {
    expect(file.regions.standby.tier).toBe('full');
    const { Serving, Standby } = gateway('eu-west-1').gate;
    expect(Standby).toBe(Serving);
    expect(writableWithinSeconds(file.leadership)).toBe(70);
  });

  it('have their leadership table in the American set, which holds the witness', () => {
    expect(file.leadership.regions).toEqual(['us-east-1', 'us-east-2', 'us-west-2']);
    expect(file.leadership.regions).toContain(file.regions.witness.name);
  });
});

describe('what a later version builds stands in the file', () => {
  it('backs up evidence at 02:00 and policies at 03:00, and keeps 7 days, 4 weeks and 12 months', () => {
    for (const { name } of [file.regions.home, file.regions.standby])
      expect(backupView(synth(), name, 'mercator-jupiter')).toMatchObject({
        starts: { evidence: 'cron(0 2 * * ? *)', policies: 'cron(0 3 * * ? *)' },
        covers: { evidence: ['database'], policies: ['buckets', 'configuration'] },
        keep: { daily: 7, weekly: 4, monthly: 12 },
      });
  });

  it('promises what application, evidence and policies may lose and how fast they return', () => {
    expect(file.objectives.components).toEqual({
      application: { rtoSeconds: 300, rpoSeconds: 0 },
      evidence: { rtoSeconds: 900, rpoSeconds: 300 },
      policies: { rtoSeconds: 60, rpoSeconds: 0 },
    });
  });

  it('sets the bounds of InstanceDown, HighErrorRate and DatabaseUnreachable', () => {
    expect(file.alerts?.thresholds).toEqual({
      InstanceDown: { forSeconds: 300, severity: 'critical' },
      HighErrorRate: { value: 5, severity: 'warning' },
      DatabaseUnreachable: { forSeconds: 60, severity: 'critical' },
    });
  });
});
