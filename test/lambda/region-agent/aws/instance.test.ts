import { describe, expect, it } from '@jest/globals';
import { databaseInstance, PromotionRefused } from '../../../../lambda/region-agent/aws/instance';
import { rds } from '../../../../lambda/region-agent/aws/rds';
import { RequestFailed, Throttled } from '../../../../lambda/region-agent/aws/request';
import type { DatabaseInstance } from '../../../../lambda/region-agent/ports';
import { TimedOut } from '../../../../lambda/runtime/errors';
import { playRds } from './rds-instances';
import { FAST, regionOf, usePlayedService, xmlError } from './support';

const played = usePlayedService('RDS');
const instance = (): DatabaseInstance =>
  databaseInstance(rds('us-west-2', FAST), 'shop-db', { retentionDays: 7, backupWindow: '04:00-05:00' });
const replica = { source: 'arn:aws:rds:us-east-1:123456789012:db:shop-db' };
const busy = xmlError('InvalidDBInstanceState', 'The DB instance is not in a valid state for the operation.');

describe('the instance as RDS describes it', () => {
  it('is a replica of what RDS names as its source, or of nothing', async () => {
    played.play(playRds({ 'shop-db': replica }));
    await expect(instance().describe()).resolves.toEqual({ status: 'available', source: replica.source });
    played.play(playRds({ 'shop-db': { status: 'backing-up' } }));
    await expect(instance().describe()).resolves.toEqual({ status: 'backing-up', source: null });
  });

  it('is undefined where there is none', async () => {
    played.play(playRds({}));
    await expect(instance().describe()).resolves.toBeUndefined();
  });

  it('is unknown when RDS fails, throttles or hangs, and no request is repeated', async () => {
    played.play(() => xmlError('InternalFailure', 'An internal error has occurred.', 500));
    await expect(instance().describe()).rejects.toThrow(
      'Describing the database shop-db in us-west-2 failed: InternalFailure: An internal error has occurred.',
    );
    expect(played.requests).toHaveLength(1);
    played.play(() => xmlError('Throttling', 'Rate exceeded'));
    await expect(instance().describe()).rejects.toThrow(Throttled);
    expect(played.requests).toHaveLength(1);
    played.hang();
    await expect(instance().describe()).rejects.toThrow(TimedOut);
  });
});

describe('the promotion', () => {
  it('is asked of the own region, with the backups of a primary', async () => {
    played.play(playRds({ 'shop-db': replica }));
    await instance().promote();
    expect(played.requests.map(regionOf)).toEqual(['us-west-2']);
    expect(played.parameters[0]).toMatchObject({
      Action: 'PromoteReadReplica',
      DBInstanceIdentifier: 'shop-db',
      BackupRetentionPeriod: '7',
      PreferredBackupWindow: '04:00-05:00',
    });
  });

  it.each(['InvalidParameterValue', 'InvalidParameterCombination', 'ValidationError'])(
    'is asked for without backups at once if RDS refuses them with %s',
    async (code) => {
      const conflict = xmlError(code, 'The backup window and maintenance window must not overlap.');
      const rest = playRds({ 'shop-db': replica });
      played.play((request, parameters) =>
        parameters.has('PreferredBackupWindow') ? conflict : rest(request, parameters),
      );
      await expect(instance().promote()).resolves.toBeUndefined();
      expect(played.parameters.map(({ Action }) => Action)).toEqual([
        'PromoteReadReplica',
        'PromoteReadReplica',
      ]);
      for (const name of ['BackupRetentionPeriod', 'PreferredBackupWindow'])
        expect(played.parameters[1]).not.toHaveProperty(name);
    },
  );

  it('of what was promoted before has succeeded', async () => {
    played.play(playRds({ 'shop-db': {} }, {}, { PromoteReadReplica: busy }));
    await expect(instance().promote()).resolves.toBeUndefined();
  });

  it('is refused while the instance is backing up, and the sentence names the status', async () => {
    const instances = { 'shop-db': { ...replica, status: 'backing-up' } };
    played.play(playRds(instances, {}, { PromoteReadReplica: busy }));
    await expect(instance().promote()).rejects.toThrow(PromotionRefused);
    await expect(instance().promote()).rejects.toThrow(
      'RDS does not promote shop-db now: its status is backing-up.',
    );
  });

  it('that is throttled, fails or hangs says so', async () => {
    played.play(() => xmlError('Throttling', 'Rate exceeded'));
    await expect(instance().promote()).rejects.toThrow(
      'The promotion of the database shop-db in us-west-2 was throttled by AWS: Throttling: Rate exceeded',
    );
    played.play(() => xmlError('InternalFailure', 'It succeeded, perhaps.', 500));
    await expect(instance().promote()).rejects.toThrow(RequestFailed);
    expect(played.requests).toHaveLength(1);
    played.hang();
    await expect(instance().promote()).rejects.toThrow('gave no answer within 3 s');
  });
});

describe('the base', () => {
  const kept = (retentionDays: number) => ({ 'shop-db': { retentionDays } });
  const actions = (): (string | undefined)[] => played.parameters.map(({ Action }) => Action);

  it('is named after the instance, because its name is unique in the account', async () => {
    played.play(playRds(kept(7)));
    await instance().takeBase('base-e2');
    expect(played.parameters[0]).toMatchObject({
      Action: 'CreateDBSnapshot',
      DBInstanceIdentifier: 'shop-db',
      DBSnapshotIdentifier: 'shop-db-base-e2',
    });
  });

  it('that is there already is the one that was asked for; another refusal is an error', async () => {
    const refuse = (code: string) => playRds(kept(7), {}, { CreateDBSnapshot: xmlError(code, 'No.') });
    played.play(refuse('DBSnapshotAlreadyExists'));
    await expect(instance().takeBase('base-e2')).resolves.toBeUndefined();
    played.play(refuse('SnapshotQuotaExceeded'));
    await expect(instance().takeBase('base-e2')).rejects.toThrow('SnapshotQuotaExceeded');
  });

  it('brings the retention that a promotion went without, and lowers none', async () => {
    for (const days of [0, 1]) {
      played.play(playRds(kept(days)));
      await instance().takeBase('base-e2');
      const [, , change] = played.parameters;
      expect(change).toMatchObject({
        Action: 'ModifyDBInstance',
        DBInstanceIdentifier: 'shop-db',
        BackupRetentionPeriod: '7',
        ApplyImmediately: 'true',
      });
      expect(change).not.toHaveProperty('PreferredBackupWindow');
    }
    for (const days of [7, 35]) {
      played.play(playRds(kept(days)));
      await instance().takeBase('base-e2');
      expect(actions()).toEqual(['CreateDBSnapshot', 'DescribeDBInstances']);
    }
  });

  it('is taken though the retention cannot be changed yet, which is an error', async () => {
    played.play(playRds(kept(0), {}, { ModifyDBInstance: busy }));
    await expect(instance().takeBase('base-e2')).rejects.toThrow('InvalidDBInstanceState');
    expect(actions()[0]).toBe('CreateDBSnapshot');
  });

  it('of an instance that is not there changes nothing', async () => {
    played.play(playRds({}));
    await instance().takeBase('base-e2');
    expect(actions()).not.toContain('ModifyDBInstance');
  });
});
