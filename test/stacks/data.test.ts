import { describe, expect, it } from '@jest/globals';
import type { ManagedDatabase } from '../../lib/config/platform';
import { databaseParameters } from '../../lib/database/parameters';
import { platform, SYSTEMS, type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { imported, zonesOf } from '../support/templates';

const managed = (name: string): ManagedDatabase => {
  const { database } = platform(name);
  if (database?.kind !== 'managed') throw new Error(`${name} has no managed database.`);
  return database;
};

describe('database parameters', () => {
  it.each(SYSTEMS)('are the same on both sides of %s, because either may become the primary', (name) => {
    const { regions } = platform(name);
    const [home, standby] = [regions.home, regions.standby].map(
      ({ name: region }) => synthesized(name).only(`${region}-Data`, 'AWS::RDS::DBParameterGroup').Properties,
    );
    expect(standby?.Parameters).toEqual(home?.Parameters);
    expect(standby?.Family).toBe(home?.Family);
  });

  it.each([20, 100, 1000, 65_536])('let a stalled slot fill 30 to 40 %% of a volume of %i GiB', (gib) => {
    const storage = { gib, maxGib: 4 * gib };
    const megabytes = Number(databaseParameters({ ...managed('jackcwf'), storage }).max_slot_wal_keep_size);
    expect(megabytes / (gib * 1024)).toBeGreaterThan(0.3);
    expect(megabytes / (gib * 1024)).toBeLessThanOrEqual(0.4);
  });

  it('of the file are taken over, but never win over those that replication and fencing rest on', () => {
    const parameters = databaseParameters({
      ...managed('jackcwf'),
      parameters: { work_mem: '8192', 'rds.logical_replication': '0', 'rds.force_ssl': '0' },
    });
    expect(parameters).toMatchObject({
      work_mem: '8192',
      'rds.logical_replication': '1',
      'rds.force_ssl': '1',
    });
  });

  it('keep workers free for the fence, which runs as a background worker of pg_cron', () => {
    const parameters = databaseParameters(managed('prodstack'));
    expect(parameters).toMatchObject({
      shared_preload_libraries: expect.stringContaining('pg_cron'),
      'cron.log_run': 'off',
      'cron.database_name': 'stack',
    });
    const workersByDefault = 8;
    expect(Number(parameters.max_parallel_workers)).toBeLessThan(workersByDefault / 2);
  });

  it('raise nothing that a replica compares with its source, because RDS makes it with the default group', () => {
    const compared = [
      'max_worker_processes',
      'max_wal_senders',
      'max_prepared_transactions',
      'max_locks_per_transaction',
    ];
    for (const name of SYSTEMS) {
      const { database } = platform(name);
      if (database?.kind !== 'managed') continue;
      expect(Object.keys(databaseParameters(database)).filter((key) => compared.includes(key))).toEqual([]);
    }
  });

  it('refuse connections without TLS, old password hashes and prepared transactions', () => {
    expect(databaseParameters(managed('ops-center'))).toMatchObject({
      'rds.force_ssl': '1',
      password_encryption: 'scram-sha-256',
      'rds.accepted_password_auth_method': 'scram',
    });
  });

  it('log slow statements and carry the connections that the file asks for', () => {
    expect(databaseParameters(managed('prodstack'))).toMatchObject({
      log_min_duration_statement: '500',
      max_connections: '200',
    });
  });
});

describe('a database instance', () => {
  const instance = (region: string) =>
    synthesized('ops-center').only(`${region}-Data`, 'AWS::RDS::DBInstance');

  it.each(['us-east-1', 'us-west-2'])(
    'is encrypted, watched closely and grows by itself, in %s',
    (region) => {
      expect(instance(region).Properties).toMatchObject({
        StorageEncrypted: true,
        StorageType: 'gp3',
        MaxAllocatedStorage: 400,
        MonitoringInterval: 15,
        EnablePerformanceInsights: true,
        EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
        EnableIAMDatabaseAuthentication: true,
        AutoMinorVersionUpgrade: false,
      });
    },
  );

  it('waits for its log groups, which RDS would make without encryption and without an end', () => {
    const template = synthesized('ops-center').stack('us-east-1-Data');
    const waitsFor = (instance('us-east-1').DependsOn ?? []).map((id) => template.Resources[id]);
    expect(waitsFor.map((group) => group?.Properties.LogGroupName)).toContain(
      '/aws/rds/instance/ops-center-db/postgresql',
    );
  });

  it('lives in the isolated subnets, one in each zone', () => {
    const { SubnetIds } = synthesized('ops-center').only(
      'us-east-1-Data',
      'AWS::RDS::DBSubnetGroup',
    ).Properties;
    for (const subnet of SubnetIds)
      expect(imported(synthesized('ops-center'), subnet).id).toContain('Isolated');
    expect(zonesOf(synthesized('ops-center'), SubnetIds)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  });

  it('may have a second zone in the standby too', () => {
    const both = synthesize(variant('ops-center', { database: { standby: { multiAz: true } } }));
    expect(both.only('us-west-2-Data', 'AWS::RDS::DBInstance').Properties.MultiAZ).toBe(true);
    expect(instance('us-west-2').Properties.MultiAZ).toBe(false);
  });
});

describe('replicas for reads', () => {
  const reads = (synth: Synthesized, region: string) =>
    synth
      .resources(`${region}-Data`, 'AWS::RDS::DBInstance')
      .filter(([id]) => id !== 'Database')
      .map(([, r]) => r);

  it('copy the instance of their region under names of their own, and hold nothing that must be kept', () => {
    const replicas = reads(synthesized('mercator-jupiter'), 'us-east-1');
    expect(replicas.map(({ Properties }) => Properties.DBInstanceIdentifier)).toEqual([
      'mercator-jupiter-db-read-1',
      'mercator-jupiter-db-read-2',
    ]);
    for (const { Properties, DeletionPolicy } of replicas) {
      expect(Properties).toMatchObject({
        SourceDBInstanceIdentifier: { Ref: 'Database' },
        DeletionProtection: false,
      });
      expect(Properties).not.toHaveProperty('KmsKeyId');
      // RDS: "should not be specified for read replicas that are created in the same region".
      expect(Properties).not.toHaveProperty('DBSubnetGroupName');
      expect(DeletionPolicy).toBe('Delete');
    }
  });

  it('are at home only: the standby is one already', () => {
    expect(reads(synthesized('mercator-jupiter'), 'eu-west-1')).toEqual([]);
  });

  it('are told to the services as the host for reads', () => {
    const task = synthesized('mercator-jupiter').only(
      'us-east-1-Service-gateway',
      'AWS::ECS::TaskDefinition',
    );
    const [host] = task.Properties.ContainerDefinitions[0].Environment.filter(
      ({ Name }: { Name: string }) => Name === 'DATABASE_READ_HOST',
    );
    expect(host.Value['Fn::ImportValue']).toContain('FnGetAttDatabaseReadReplica1');
    const [all] = task.Properties.ContainerDefinitions[0].Environment.filter(
      ({ Name }: { Name: string }) => Name === 'DATABASE_READ_HOSTS',
    );
    expect(JSON.stringify(all.Value['Fn::Join'])).toMatch(/DatabaseReadReplica1.*",".*DatabaseReadReplica2/);
  });
});

describe('a cache', () => {
  it('without a replica in the standby fails over to nothing', () => {
    const single = synthesize(variant('ops-center', { cache: { standbyReplicas: 0 } }));
    expect(single.only('us-west-2-Data', 'AWS::ElastiCache::ReplicationGroup').Properties).toMatchObject({
      NumCacheClusters: 1,
      AutomaticFailoverEnabled: false,
      MultiAZEnabled: false,
    });
    expect(single.only('us-east-1-Data', 'AWS::ElastiCache::ReplicationGroup').Properties).toMatchObject({
      NumCacheClusters: 3,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
    });
  });

  it('has the parameters of its major version and the eviction of the file', () => {
    const lru = synthesize(
      variant('ops-center', { cache: { version: '7.2', evictionPolicy: 'allkeys-lru' } }),
    );
    expect(lru.only('us-east-1-Data', 'AWS::ElastiCache::ParameterGroup').Properties).toMatchObject({
      CacheParameterGroupFamily: 'valkey7',
      Properties: { 'maxmemory-policy': 'allkeys-lru' },
    });
  });

  it('is absent where the file has none, and nobody rotates its token', () => {
    const data = synthesized('jackcwf').stack('eu-west-1-Data');
    const types = Object.values(data.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith('AWS::ElastiCache'))).toEqual([]);
    expect(types).not.toContain('AWS::SecretsManager::RotationSchedule');
  });
});
