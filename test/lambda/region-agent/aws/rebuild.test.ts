import { describe, expect, it } from '@jest/globals';
import { rds } from '../../../../lambda/region-agent/aws/rds';
import {
  databaseRebuild,
  NoReadReplica,
  NothingToQuarantine,
} from '../../../../lambda/region-agent/aws/rebuild';
import { groupIds, NoSuchGroup } from '../../../../lambda/region-agent/aws/security-group';
import type { ReplicaSettings } from '../../../../lambda/region-agent/contract';
import type { Rebuild } from '../../../../lambda/region-agent/ports';
import { playRds } from './rds-instances';
import { FAST, usePlayedService, xmlError } from './support';
import { replicaInstance } from './templates';

const rdsPlayed = usePlayedService('RDS');
const ec2Played = usePlayedService('EC2');

const settings: ReplicaSettings = {
  account: '123456789012',
  instanceClass: 'db.r6g.large',
  multiAz: true,
  subnetGroup: 'shop-db',
  parameterGroup: 'shop-parameters',
  securityGroup: 'sg-database',
  keyArn: 'arn:aws:kms:us-east-1:123456789012:key/1',
  monitoringRoleArn: 'arn:aws:iam::123456789012:role/shop-rds-monitoring',
  maxAllocatedStorageGib: 500,
  retentionDays: 7,
  backupWindow: '04:00-05:00',
  maintenanceWindow: 'sun:05:30-sun:06:30',
  readReplicas: ['shop-db-read-1', 'shop-db-read-2'],
};
const source = 'arn:aws:rds:us-west-2:123456789012:db:shop-db';
const rebuild = (): Rebuild => {
  const place = { platform: 'shop', other: 'us-west-2', identifier: 'shop-db', replica: settings };
  return databaseRebuild(rds('us-east-1', FAST), groupIds('us-east-1', FAST), place);
};

const groups = (...ids: readonly string[]): void =>
  ec2Played.play(() => ({
    status: 200,
    type: 'text/xml',
    body: `<DescribeSecurityGroupsResponse><securityGroupInfo>${ids
      .map((id) => `<item><groupId>${id}</groupId></item>`)
      .join('')}</securityGroupInfo></DescribeSecurityGroupsResponse>`,
  }));
const sent = (action: string): Record<string, string>[] =>
  rdsPlayed.parameters.filter(({ Action }) => Action === action);

describe('what the recipe has made so far', () => {
  it('is the old primary alone, before it has begun', async () => {
    rdsPlayed.play(playRds({ 'shop-db': {}, 'shop-db-read-1': { source: 'shop-db' } }));
    await expect(rebuild().observe(1)).resolves.toEqual({
      instance: { status: 'available', source: null },
      quarantine: undefined,
      snapshot: undefined,
      readReplicas: [{ identifier: 'shop-db-read-1', status: 'available', ofInstance: true }],
      missingReadReplicas: ['shop-db-read-2'],
      settled: false,
    });
  });

  it('is a replica beside the quarantine, with a copy for reads that still hangs on the old primary', async () => {
    const instances = {
      'shop-db': { source, parameters: ['shop-parameters', 'in-sync'] as const },
      'shop-db-quarantine-e1': {},
      'shop-db-read-1': { source: 'shop-db-quarantine-e1', status: 'deleting' },
      'shop-db-read-2': { source: 'shop-db' },
    };
    rdsPlayed.play(playRds(instances, { 'shop-db-last-e1': 'creating' }));
    const seen = await rebuild().observe(1);
    expect(seen).toMatchObject({
      instance: { source },
      quarantine: { source: null },
      snapshot: 'creating',
      missingReadReplicas: [],
      settled: true,
    });
    expect(seen.readReplicas.map(({ status, ofInstance }) => [status, ofInstance])).toEqual([
      ['deleting', false],
      ['available', true],
    ]);
  });

  it('is not known if one of the answers is missing', async () => {
    rdsPlayed.play(playRds({}, {}, { DescribeDBSnapshots: xmlError('Throttling', 'Rate exceeded') }));
    await expect(rebuild().observe(1)).rejects.toThrow(
      'Describing the snapshot shop-db-last-e1 in us-east-1 was throttled by AWS',
    );
  });
});

describe('the last snapshot', () => {
  it('is of the old primary, and never of the replica that has its name since', async () => {
    rdsPlayed.play(playRds({ 'shop-db': {} }));
    await rebuild().snapshot(1);
    expect(sent('CreateDBSnapshot')).toMatchObject([{ DBSnapshotIdentifier: 'shop-db-last-e1' }]);
    rdsPlayed.play(playRds({ 'shop-db': { source } }));
    await rebuild().snapshot(1);
    expect(sent('CreateDBSnapshot')).toEqual([]);
  });
});

describe('the quarantine', () => {
  it('renames the old primary and shuts it off in one call', async () => {
    groups('sg-quarantine');
    rdsPlayed.play(playRds({ 'shop-db': { groups: ['sg-database'] } }));
    await rebuild().quarantine(1);
    expect(ec2Played.parameters[0]).toMatchObject({
      'Filter.1.Name': 'group-name',
      'Filter.1.Value.1': 'shop-quarantine',
    });
    expect(sent('ModifyDBInstance')).toMatchObject([
      {
        DBInstanceIdentifier: 'shop-db',
        NewDBInstanceIdentifier: 'shop-db-quarantine-e1',
        'VpcSecurityGroupIds.VpcSecurityGroupId.1': 'sg-quarantine',
        ApplyImmediately: 'true',
      },
    ]);
  });

  it('that is complete is left alone; one that a person opened is closed again', async () => {
    groups('sg-quarantine');
    rdsPlayed.play(playRds({ 'shop-db-quarantine-e1': { groups: ['sg-quarantine'] } }));
    await rebuild().quarantine(1);
    expect(sent('ModifyDBInstance')).toEqual([]);
    rdsPlayed.play(playRds({ 'shop-db-quarantine-e1': { groups: ['sg-quarantine', 'sg-database'] } }));
    await rebuild().quarantine(1);
    expect(sent('ModifyDBInstance')).toMatchObject([{ DBInstanceIdentifier: 'shop-db-quarantine-e1' }]);
  });

  it('never renames a replica of the region that leads', async () => {
    groups('sg-quarantine');
    rdsPlayed.play(playRds({ 'shop-db': { source } }));
    await expect(rebuild().quarantine(1)).rejects.toThrow(NothingToQuarantine);
    expect(sent('ModifyDBInstance')).toEqual([]);
  });

  it('begins with nothing if its security group is not there, or there are two', async () => {
    rdsPlayed.play(playRds({ 'shop-db': {} }));
    groups();
    await expect(rebuild().quarantine(1)).rejects.toThrow(NoSuchGroup);
    groups('sg-1', 'sg-2');
    await expect(rebuild().quarantine(1)).rejects.toThrow(
      'There must be one security group shop-quarantine in us-east-1, but there are 2.',
    );
    expect(sent('ModifyDBInstance')).toEqual([]);
  });

  it('that another run made in between has succeeded; otherwise a refusal is an error', async () => {
    groups('sg-quarantine');
    const raced = xmlError('DBInstanceNotFound', 'DBInstance shop-db not found.', 404);
    const before = playRds({ 'shop-db': {} }, {}, { ModifyDBInstance: raced });
    const after = playRds({ 'shop-db-quarantine-e1': {} });
    let renamed = false;
    rdsPlayed.play((request, parameters) => {
      if (parameters.get('Action') !== 'ModifyDBInstance')
        return (renamed ? after : before)(request, parameters);
      renamed = true;
      return raced;
    });
    await expect(rebuild().quarantine(1)).resolves.toBeUndefined();
    const busy = xmlError('InvalidDBInstanceState', 'Instance is modifying.');
    rdsPlayed.play(playRds({ 'shop-db': {} }, {}, { ModifyDBInstance: busy }));
    await expect(rebuild().quarantine(1)).rejects.toThrow('InvalidDBInstanceState');
  });
});

describe('the new replica', () => {
  it('is made of the other region under the same identifier, protected, and encrypted by the own key', async () => {
    rdsPlayed.play(playRds({}));
    await rebuild().createReplica();
    const [request] = sent('CreateDBInstanceReadReplica');
    expect(request).toMatchObject({
      DBInstanceIdentifier: 'shop-db',
      SourceDBInstanceIdentifier: source,
      KmsKeyId: settings.keyArn,
      DeletionProtection: 'true',
      MultiAZ: 'true',
      DBSubnetGroupName: 'shop-db',
    });
    // RDS asks the region of the source with this request, which is signed for that region.
    expect(request?.PreSignedUrl).toMatch(/^https:\/\/rds\.us-west-2\.amazonaws\.com.*us-west-2%2Frds/);
    // RDS refuses it for PostgreSQL while a replica is made.
    expect(request).not.toHaveProperty('DBParameterGroupName');
  });

  it('that is there already is left as it is', async () => {
    const there = xmlError('DBInstanceAlreadyExists', 'DB instance already exists');
    rdsPlayed.play(playRds({}, {}, { CreateDBInstanceReadReplica: there }));
    await expect(rebuild().createReplica()).resolves.toBeUndefined();
  });

  it('that cannot be made, or hangs, is an error', async () => {
    const quota = xmlError('InstanceQuotaExceeded', 'Too many instances.');
    rdsPlayed.play(playRds({}, {}, { CreateDBInstanceReadReplica: quota }));
    await expect(rebuild().createReplica()).rejects.toThrow(
      'Making the replica shop-db in us-east-1 failed: InstanceQuotaExceeded',
    );
    rdsPlayed.hang();
    await expect(rebuild().createReplica()).rejects.toThrow('gave no answer within 3 s');
  });

  it('gets its parameters once it is there, and is restarted once they wait for that', async () => {
    rdsPlayed.play(playRds({ 'shop-db': { source, parameters: ['default.postgres17', 'in-sync'] } }));
    await rebuild().createReplica();
    expect(sent('ModifyDBInstance')).toMatchObject([
      { DBParameterGroupName: 'shop-parameters', PreferredMaintenanceWindow: 'sun:05:30-sun:06:30' },
    ]);
    rdsPlayed.play(playRds({ 'shop-db': { source, parameters: ['shop-parameters', 'pending-reboot'] } }));
    await rebuild().createReplica();
    expect(sent('RebootDBInstance')).toMatchObject([{ DBInstanceIdentifier: 'shop-db' }]);
    for (const state of ['applying', 'in-sync']) {
      rdsPlayed.play(playRds({ 'shop-db': { source, parameters: ['shop-parameters', state] } }));
      await rebuild().createReplica();
      expect(rdsPlayed.requests).toHaveLength(1);
    }
  });

  it('alone is changed and restarted, never a primary', async () => {
    rdsPlayed.play(playRds({ 'shop-db': { parameters: ['shop-parameters', 'pending-reboot'] } }));
    await rebuild().createReplica();
    expect(sent('RebootDBInstance')).toEqual([]);
  });
});

describe('a copy for reads', () => {
  it('is made in the own region from the new replica, without what belongs to its source', async () => {
    rdsPlayed.play(playRds({}));
    await rebuild().mendReadReplica('shop-db-read-1', 'create');
    const [request] = sent('CreateDBInstanceReadReplica');
    expect(request).toMatchObject({ SourceDBInstanceIdentifier: 'shop-db', DeletionProtection: 'false' });
    for (const name of ['KmsKeyId', 'DBSubnetGroupName', 'PreSignedUrl'])
      expect(request).not.toHaveProperty(name);
  });

  it('that a person has promoted is neither a copy nor missing', async () => {
    rdsPlayed.play(playRds({ 'shop-db': {}, 'shop-db-read-1': {} }));
    await expect(rebuild().observe(1)).resolves.toMatchObject({
      readReplicas: [],
      missingReadReplicas: ['shop-db-read-2'],
    });
  });

  it('is deleted only if it hangs on something else than the instance', async () => {
    rdsPlayed.play(playRds({ 'shop-db-read-1': { source: 'shop-db-quarantine-e1' } }));
    await rebuild().mendReadReplica('shop-db-read-1', 'delete');
    expect(sent('DeleteDBInstance')).toMatchObject([{ DBInstanceIdentifier: 'shop-db-read-1' }]);
    const promoted = {};
    for (const instances of [
      { 'shop-db-read-1': { source: 'shop-db' } },
      { 'shop-db-read-1': promoted },
      {},
    ]) {
      rdsPlayed.play(playRds(instances));
      await rebuild().mendReadReplica('shop-db-read-1', 'delete');
      expect(sent('DeleteDBInstance')).toEqual([]);
    }
  });

  it('is one of the platform file: nothing else is ever deleted', async () => {
    rdsPlayed.play(playRds({ 'shop-db-quarantine-e1': {} }));
    for (const name of ['shop-db-quarantine-e1', 'shop-db']) {
      await expect(rebuild().mendReadReplica(name, 'delete')).rejects.toThrow(NoReadReplica);
    }
    expect(rdsPlayed.requests).toEqual([]);
  });
});

describe('what the template says of an instance', () => {
  it('is what the new replica is made with', async () => {
    const template = replicaInstance();
    rdsPlayed.play(playRds({}));
    await rebuild().createReplica();
    const [request] = sent('CreateDBInstanceReadReplica');
    const same = [
      'StorageType',
      'Port',
      'PubliclyAccessible',
      'EnableIAMDatabaseAuthentication',
      'AutoMinorVersionUpgrade',
      'CACertificateIdentifier',
      'CopyTagsToSnapshot',
      'MonitoringInterval',
      'EnablePerformanceInsights',
      'PerformanceInsightsRetentionPeriod',
      'DeletionProtection',
    ];
    for (const name of same) expect([name, request?.[name]]).toEqual([name, String(template[name])]);
    expect([
      request?.['EnableCloudwatchLogsExports.member.1'],
      request?.['EnableCloudwatchLogsExports.member.2'],
    ]).toEqual(template.EnableCloudwatchLogsExports);
  });
});
