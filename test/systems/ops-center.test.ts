import { describe, expect, it } from '@jest/globals';
import type { Service } from '../../lib/config/platform';
import { clientsFollowWithinSeconds, writableWithinSeconds } from '../../lib/config/timings';
import { platform, synthesize, synthesized, variant } from '../support/synth';
import {
  attributes,
  backupView,
  drillDays,
  failoverPair,
  inService,
  scalingView,
  serviceView,
  zonesOf,
} from '../support/templates';

// The rows of ops-center's table, in its order.
const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const file = platform('ops-center');
const synth = () => synthesized('ops-center');
const view = (name: string, region = HOME) => serviceView(synth(), region, name);
const service = (name: string): Service => {
  const found = file.services.find((one) => one.name === name);
  if (!found) throw new Error(`There is no service ${name}.`);
  return found;
};
const data = (region: string, type: string) => synth().only(`${region}-Data`, type).Properties;

describe('regions', () => {
  it('serves from us-east-1 and stands by in us-west-2, with the same stacks in both', () => {
    const parts = (region: string) =>
      [...synth().templates.keys()]
        .filter((name) => name.startsWith(`OpsCenter-${region}-`) && !name.endsWith('-Edge'))
        .map((name) => name.slice(`OpsCenter-${region}-`.length))
        .sort();
    expect(parts(HOME)).toEqual([
      'Cluster',
      'Data',
      'Foundation',
      'Migration-backend',
      'Monitoring',
      'Network',
      'Recovery',
      'Service-backend',
      'Service-frontend',
    ]);
    expect(parts(STANDBY)).toEqual(parts(HOME));
  });

  it('points the public name at home while the standby does not lead, and at the standby while it does', () => {
    const { home, standby, count } = failoverPair(synth(), file, 'ops.example.com');
    expect(count).toBe(2);
    expect(home.Properties).toMatchObject({
      Failover: 'PRIMARY',
      HealthCheckId: { 'Fn::GetAtt': ['HomeLeads', 'HealthCheckId'] },
      AliasTarget: { DNSName: 'home.ops.example.com' },
    });
    expect(standby.Properties).toMatchObject({
      Failover: 'SECONDARY',
      HealthCheckId: { 'Fn::GetAtt': ['StandbyLeads', 'HealthCheckId'] },
      AliasTarget: { DNSName: 'standby.ops.example.com' },
    });
  });

  it('answers with a TTL of 60 s, which is that of an alias of a balancer', () => {
    expect(file.edge.ttlSeconds).toBe(60);
    for (const record of Object.values(failoverPair(synth(), file, 'ops.example.com')))
      if (typeof record === 'object') expect(record.Properties).not.toHaveProperty('TTL');
  });

  it('checks every 10 s, the shortest interval of Route 53, and decides after three answers', () => {
    const asking = synth()
      .resources('us-east-1-Edge', 'AWS::Route53::HealthCheck')
      .map(([, { Properties }]) => Properties.HealthCheckConfig)
      .filter(({ Type }) => Type === 'HTTPS');
    expect(asking).toHaveLength(4);
    for (const check of asking)
      expect(check).toMatchObject({ RequestInterval: 10, FailureThreshold: 3, EnableSNI: true, Port: 443 });
  });

  it('asks the application of each region from outside and pages when it does not answer', () => {
    const checks = synth()
      .resources('us-east-1-Edge', 'AWS::Route53::HealthCheck')
      .flatMap(([id, { Properties }]) =>
        Properties.HealthCheckConfig.ResourcePath === '/health'
          ? [[id, Properties.HealthCheckConfig.FullyQualifiedDomainName]]
          : [],
      );
    expect(checks.map(([, name]) => name)).toEqual(['home.ops.example.com', 'standby.ops.example.com']);
    const alarms = synth().resources('us-east-1-Edge', 'AWS::CloudWatch::Alarm');
    for (const [id] of checks) {
      const [alarm] = alarms.filter(
        ([, { Properties }]) => Properties.Dimensions[0].Value['Fn::GetAtt'][0] === id,
      );
      expect(alarm?.[1].Properties).toMatchObject({
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        TreatMissingData: 'breaching',
      });
      expect(alarm?.[1].Properties.AlarmActions).toHaveLength(1);
    }
  });
});

describe('objectives', () => {
  it('promises 99.9 % in all and what each part needs for it', () => {
    expect(file.objectives.availabilityPercent).toBe(99.9);
    expect(file.objectives.components).toEqual({
      frontend: { availabilityPercent: 99.9 },
      backend: { availabilityPercent: 99.95 },
      database: { availabilityPercent: 99.99 },
      cache: { availabilityPercent: 99.9 },
      balancer: { availabilityPercent: 99.99 },
    });
  });

  it('promises an RPO of 5 min and an RTO of 15 min, and its timings leave ten minutes for the promotion', () => {
    expect(file.objectives).toMatchObject({ rpoSeconds: 300, rtoSeconds: 900 });
    const used = writableWithinSeconds(file.leadership) + clientsFollowWithinSeconds(file.edge);
    expect(file.objectives.rtoSeconds - used).toBeGreaterThanOrEqual(600);
  });
});

describe('frontend', () => {
  it('runs 3 replicas on port 80 and keeps 2 of any number in service', () => {
    const { gate, container, service: ecs } = view('frontend');
    expect(gate).toMatchObject({ Serving: '3 3 6' });
    expect(container.PortMappings).toEqual([{ Name: 'http', ContainerPort: 80, Protocol: 'tcp' }]);
    for (const desired of [3, 4, 5, 6])
      expect(inService(desired, ecs.DeploymentConfiguration.MinimumHealthyPercent)).toBeGreaterThanOrEqual(2);
  });

  it('gets 0.5 vCPU with 1 GiB, because Fargate has none with 512 MiB, and says so', () => {
    expect(view('frontend').task).toMatchObject({ Cpu: '512', Memory: '1024' });
    expect(file.notes).toContainEqual(
      'services.frontend: AWS Fargate has no task of 0.5 vCPU with 512 MiB; it gets 1024 MiB.',
    );
  });

  it('asks GET /health every 10 s with 3 s to answer, three tries and 30 s of grace', () => {
    expect(view('frontend').targetGroup).toMatchObject({
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 3,
      UnhealthyThresholdCount: 3,
    });
    expect(view('frontend').service.HealthCheckGracePeriodSeconds).toBe(30);
  });

  it('may have a CDN', () => {
    const cached = variant('ops-center', { edge: { cdn: { paths: ['/assets/*'] } } });
    expect(cached.edge.cdn).toMatchObject({ paths: ['/assets/*'] });
    expect(file.edge.cdn).toBeUndefined();
  });
});

describe('backend', () => {
  it('runs 3 replicas on port 8084 over three zones', () => {
    const { gate, container, service: ecs } = view('backend');
    expect(gate).toMatchObject({ Serving: '3 3 10' });
    expect(container.PortMappings).toEqual([{ Name: 'http', ContainerPort: 8084, Protocol: 'tcp' }]);
    expect(zonesOf(synth(), ecs.NetworkConfiguration.AwsvpcConfiguration.Subnets)).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1c',
    ]);
  });

  it('gets 2 vCPU with 4 GiB, because Fargate has none with 2 GiB, and says so', () => {
    expect(view('backend').task).toMatchObject({ Cpu: '2048', Memory: '4096' });
    expect(file.notes).toContainEqual(
      'services.backend: AWS Fargate has no task of 2 vCPU with 2048 MiB; it gets 4096 MiB.',
    );
  });

  it('asks GET /health every 15 s with 5 s to answer, three tries and 60 s of grace', () => {
    expect(view('backend').targetGroup).toMatchObject({
      HealthCheckPath: '/health',
      HealthCheckPort: '8084',
      HealthCheckIntervalSeconds: 15,
      HealthCheckTimeoutSeconds: 5,
      UnhealthyThresholdCount: 3,
    });
    expect(view('backend').service.HealthCheckGracePeriodSeconds).toBe(60);
  });

  it('never lets GET /ready decide about routing', () => {
    expect(service('backend').readiness).toMatchObject({ path: '/ready', containerPort: 8084 });
    expect(view('backend').targetGroup.HealthCheckPath).not.toBe('/ready');
  });

  it('keeps a session on its task and drains 30 s', () => {
    expect(view('backend').targetAttributes).toMatchObject({
      'stickiness.enabled': 'true',
      'deregistration_delay.timeout_seconds': '30',
    });
  });

  it('scales at 70 % CPU', () => {
    expect(scalingView(synth(), HOME, 'backend').expression('high')).toBe('cpu/70');
    expect(scalingView(synth(), HOME, 'backend').expression('low')).toBe('cpu/70');
  });

  it('meets a database that refuses more connections than its pool, and times out at the balancer', () => {
    // Circuit breakers for dependencies belong to the application; what AWS has are these two bounds.
    expect(data(HOME, 'AWS::RDS::DBParameterGroup').Parameters.max_connections).toBe('400');
    const balancer = synth().only(`${HOME}-Cluster`, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(attributes(balancer.Properties.LoadBalancerAttributes)['idle_timeout.timeout_seconds']).toBe('60');
  });
});

describe('standby region', () => {
  it('keeps one task of each service warm, which may grow as far as at home', () => {
    expect(view('frontend', STANDBY).gate).toMatchObject({ Standby: '1 1 6' });
    expect(view('backend', STANDBY).gate).toMatchObject({ Standby: '1 1 10' });
  });

  it('keeps the full capacity of home as an option, and none as another', () => {
    const counts = (tier: string) => {
      const made = synthesize(variant('ops-center', { regions: { standby: { tier } } }));
      return ['backend', 'frontend'].map((name) => serviceView(made, STANDBY, name).gate.Standby);
    };
    expect(counts('full')).toEqual(['3 3 10', '3 3 6']);
    expect(counts('pilot-light')).toEqual(['0 0 10', '0 0 6']);
  });
});

describe('PostgreSQL', () => {
  it('is version 17 on 4 vCPU with 16 GiB, because RDS has none with 8, and fails over within the region', () => {
    expect(data(HOME, 'AWS::RDS::DBInstance')).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '17.6',
      DBInstanceClass: 'db.m7g.xlarge',
      MultiAZ: true,
    });
    expect(file.notes).toContainEqual(
      'database: RDS has no PostgreSQL class of 4 vCPU with 8 GiB; it gets db.m7g.xlarge (4 vCPU, 16 GiB).',
    );
  });

  it('streams to a replica in the other region on 2 vCPU with 8 GiB, because 4 exist on CPU credits only', () => {
    expect(data(STANDBY, 'AWS::RDS::DBInstance')).toMatchObject({
      DBInstanceClass: 'db.m7g.large',
      SourceDBInstanceIdentifier: 'arn:aws:rds:us-east-1:123456789012:db:ops-center-db',
      SourceRegion: 'us-east-1',
    });
    expect(file.notes).toContainEqual(
      'database.standby: db.t4g.medium has 2 vCPU with 4 GiB, but only on CPU credits; it gets db.m7g.large (2 vCPU, 8 GiB).',
    );
  });

  it('can have replicas for reads in the home region too', () => {
    const made = synthesize(variant('ops-center', { database: { readReplicas: 1 } }));
    const instances = made.resources(`${HOME}-Data`, 'AWS::RDS::DBInstance');
    expect(instances.map(([, { Properties }]) => Properties.DBInstanceIdentifier)).toEqual([
      'ops-center-db',
      'ops-center-db-read-1',
    ]);
    const names = serviceView(made, HOME, 'backend').container.Environment.map(
      (e: { Name: string }) => e.Name,
    );
    expect(names).toContain('DATABASE_READ_HOST');
  });

  it('is backed up every day and can be restored to any point of the last 30 days', () => {
    expect(data(HOME, 'AWS::RDS::DBInstance')).toMatchObject({
      BackupRetentionPeriod: 30,
      DeleteAutomatedBackups: false,
      PreferredBackupWindow: '04:00-05:00',
    });
  });

  it('is ready for a WAL archive in S3: logical decoding, commit timestamps, and the archive switched on', () => {
    expect(data(HOME, 'AWS::RDS::DBParameterGroup').Parameters).toMatchObject({
      'rds.logical_replication': '1',
      track_commit_timestamp: '1',
    });
    expect(file.backup.archive.enabled).toBe(true);
  });
});

describe('Redis', () => {
  it('is a primary with two replicas that take over by themselves in another zone', () => {
    expect(data(HOME, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({
      Engine: 'valkey',
      NumCacheClusters: 3,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
    });
  });

  it('has one replica in the standby region', () => {
    expect(data(STANDBY, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
    });
  });

  it('keeps daily snapshots for 30 days, and takes more every 26 min where 15 were asked', () => {
    expect(data(HOME, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({ SnapshotRetentionLimit: 30 });
    expect(file.cache?.snapshotEveryMinutes).toBe(26);
    expect(file.notes).toContainEqual(expect.stringContaining('ElastiCache allows 20 a day of each node'));
  });

  it('is encrypted at rest and on the wire, and asks for a token', () => {
    expect(data(HOME, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({
      AtRestEncryptionEnabled: true,
      TransitEncryptionEnabled: true,
      AuthToken: '{{resolve:secretsmanager:ops-center/cache:SecretString:password}}',
    });
  });
});

describe('deploys', () => {
  it('deploys blue/green: a whole new set comes up beside the old one', () => {
    for (const name of ['frontend', 'backend']) {
      expect(service(name).deployment).toMatchObject({ strategy: 'blue-green', rollBackOnAlarm: true });
      expect(view(name).service.DeploymentConfiguration).toMatchObject({
        Strategy: 'BLUE_GREEN',
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      });
    }
  });

  it.each(['frontend', 'backend'])('drains old tasks of %s for 30 s', (name) => {
    expect(view(name).targetAttributes['deregistration_delay.timeout_seconds']).toBe('30');
  });

  it.each(['frontend', 'backend'])('takes a new set of %s away that fails its checks', (name) => {
    expect(view(name).service.DeploymentConfiguration).toMatchObject({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      Alarms: { Enable: true, Rollback: true },
    });
  });
});

describe('backups', () => {
  it('says what is copied each day, and keeps 30 days', () => {
    for (const region of [HOME, STANDBY]) {
      const { starts, covers, keep } = backupView(synth(), region, 'ops-center');
      expect(starts).toEqual({ nightly: 'cron(0 2 * * ? *)' });
      expect([...new Set(Object.values(covers).flat())].sort()).toEqual([
        'cache',
        'configuration',
        'database',
      ]);
      expect(keep.daily).toBe(30);
    }
  });

  it('keeps secrets in Secrets Manager, with a copy under the key of the standby region', () => {
    const replicated = synth()
      .resources(`${HOME}-Foundation`, 'AWS::SecretsManager::Secret')
      .filter(([, { Properties }]) => Properties.ReplicaRegions)
      .map(([, { Properties }]) => Properties);
    expect(replicated.map(({ Name }) => Name).sort()).toEqual([
      'ops-center/database',
      'ops-center/database-agent',
      'ops-center/database-archive',
      'ops-center/database-monitor',
      'ops-center/database-owner',
      'ops-center/jwt-key',
      'ops-center/pagerduty-ops',
    ]);
    for (const { ReplicaRegions } of replicated)
      expect(ReplicaRegions).toEqual([
        { Region: STANDBY, KmsKeyId: 'arn:aws:kms:us-west-2:123456789012:alias/ops-center-data' },
      ]);
  });

  it('rehearses a restore every month', () => {
    for (const region of [HOME, STANDBY]) expect(drillDays(synth(), region, 'ops-center')).toBe(30);
  });
});

describe('what a later version builds stands in the file', () => {
  it('reads the metrics of the backend', () => {
    expect(service('backend').metrics).toMatchObject({ path: '/metrics', containerPort: 8084 });
  });

  it('sets the bounds of its three alerts', () => {
    // The catalogue knows services, not the backend: this one is a rule of the file.
    expect(file.alerts?.rules).toMatchObject({ BackendDown: { forSeconds: 60, severity: 'critical' } });
    expect(file.alerts?.thresholds).toEqual({
      DatabaseConnectionPoolExhausted: { value: 8, forSeconds: 120, severity: 'warning' },
      HighErrorRate: { value: 5, forSeconds: 120, severity: 'critical' },
    });
  });

  it('migrates the database before new tasks take traffic', () => {
    expect(service('backend').migration?.command).toEqual(['alembic', 'upgrade', 'head']);
  });
});
