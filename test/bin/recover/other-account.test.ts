import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clients } from '../../../bin/checks/aws/call';
import { KeyNotShared, sharedSnapshots } from '../../../bin/recover/aws/shared';
import type { SharedSnapshot } from '../../../bin/recover/platform/ports';
import { type AwsStub, type StubAnswer, startAwsStub } from '../../support/aws-stub';
import { HOME, STANDBY } from '../operate/records';
import { Account, placeOf, recover } from './account';

describe('recover in another account', () => {
  const TAKEN = Date.UTC(2026, 0, 1, 2);
  const OFFER: SharedSnapshot = {
    region: HOME,
    arn: `arn:aws:rds:${HOME}:999999999999:snapshot:demo-db-backup-night`,
    account: '999999999999',
    takenMs: TAKEN,
    keyArn: `arn:aws:kms:${HOME}:999999999999:key/one`,
  };
  const COPIED = 'demo-db-shared-20260101t020000';
  const other = (...offers: readonly SharedSnapshot[]): Account => {
    const account = new Account(false);
    account.recovery.bases = { [HOME]: [], [STANDBY]: [] };
    account.offers = offers;
    return account;
  };

  it('copies the youngest snapshot that is shared with it once its own key is there, and restores from the copy', async () => {
    const older = { ...OFFER, arn: `${OFFER.arn}-before`, takenMs: TAKEN - 86_400_000 };
    const account = other(older, { ...OFFER, region: STANDBY, arn: 'elsewhere' }, OFFER);
    const { told, sentences } = await recover(account);
    expect([...account.copies]).toEqual([[COPIED, OFFER]]);
    const begun = placeOf(account, `copy of ${COPIED}`);
    expect(begun).toBeGreaterThan(placeOf(account, 'Foundation'));
    expect(begun).toBeLessThan(placeOf(account, 'Network'));
    expect(account.recovery.made.map(({ base }) => base)).toEqual([
      expect.objectContaining({ kind: 'snapshot', name: COPIED, takenMs: TAKEN }),
    ]);
    expect(told).toContain(`${COPIED} is being copied: 40 %.`);
    expect(sentences.join('\n')).toMatch(
      new RegExp(`aws s3 sync s3://demo-archive-999999999999-${HOME} s3://demo-archive-123456789012-${HOME}`),
    );
  });

  it('says beforehand what it would copy, and from which account', async () => {
    const account = other(OFFER);
    const { sentences, told } = await recover(account, { dryRun: true });
    expect(sentences).toContain(
      `Copy the snapshot that the account 999999999999 shares, of 2026-01-01T02:00:00Z: ${OFFER.arn}.`,
    );
    expect([told.includes('No backup of the database'), account.copies.size]).toEqual([false, 0]);
  });

  it('goes on with a copy that was begun, and does not begin another one', async () => {
    const account = other(OFFER);
    account.copies.set(COPIED, OFFER);
    await recover(account);
    expect(account.deployed.filter((one) => one.startsWith('copy of'))).toEqual([]);
    expect(account.recovery.made).toHaveLength(1);
  });

  it('stops where RDS gives the copy up, and says how to begin anew', async () => {
    const account = other(OFFER);
    account.copyEnds = 'failed';
    await expect(recover(account)).rejects.toThrow(
      `RDS could not copy ${COPIED} in ${HOME} (failed): look at its events, delete the copy (aws rds delete-db-snapshot --region ${HOME}`,
    );
    expect(account.recovery.made).toEqual([]);
  });

  it('asks nobody for snapshots where the account has backups of its own', async () => {
    const account = new Account(false);
    account.offers = [OFFER];
    await recover(account);
    expect(account.copies.size).toBe(0);
  });
});

describe('the snapshots that RDS lists as shared', () => {
  const ACCOUNT = '123456789012';
  const KEY = `arn:aws:kms:${HOME}:999999999999:key/one`;
  const ARN = `arn:aws:rds:${HOME}:999999999999:snapshot:demo-db-backup-night`;
  const snapshot: SharedSnapshot = {
    region: HOME,
    arn: ARN,
    account: '999999999999',
    takenMs: 0,
    keyArn: KEY,
  };
  const before = { ...process.env };
  let stub: AwsStub;
  let refusal = '';

  const listed = (arn: string, instance: string, status = 'available'): string =>
    `<DBSnapshot><DBSnapshotIdentifier>${arn}</DBSnapshotIdentifier><DBSnapshotArn>${arn}</DBSnapshotArn>
     <DBInstanceIdentifier>${instance}</DBInstanceIdentifier><Status>${status}</Status><KmsKeyId>${KEY}</KmsKeyId>
     <PercentProgress>40</PercentProgress><SnapshotCreateTime>2026-01-05T00:00:00Z</SnapshotCreateTime>
     <OriginalSnapshotCreateTime>2026-01-01T02:00:00Z</OriginalSnapshotCreateTime></DBSnapshot>`;
  const list = (...members: readonly string[]): string =>
    `<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>${members.join('')}</DBSnapshots></DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>`;

  function answer(asked: URLSearchParams): StubAnswer {
    const type = 'text/xml';
    const error = (status: number, code: string): StubAnswer => ({
      status,
      type,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
    });
    if (asked.get('Action') === 'CopyDBSnapshot')
      return refusal === ''
        ? {
            status: 200,
            type,
            body: '<CopyDBSnapshotResponse><CopyDBSnapshotResult/></CopyDBSnapshotResponse>',
          }
        : error(400, refusal);
    const name = asked.get('DBSnapshotIdentifier');
    if (name === 'none') return error(404, 'DBSnapshotNotFound');
    if (name !== null) return { status: 200, type, body: list(listed(name, 'demo-db', 'creating')) };
    const own = ARN.replace('999999999999', ACCOUNT);
    return {
      status: 200,
      type,
      body: list(
        listed(ARN, 'demo-db'),
        listed(own, 'demo-db'),
        listed(`${ARN}-2`, 'other-db'),
        listed(`${ARN}-3`, 'demo-db', 'creating'),
      ),
    };
  }

  beforeAll(async () => {
    stub = await startAwsStub(({ body }) => answer(new URLSearchParams(body)));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_RDS: stub.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
  });
  afterAll(async () => {
    process.env = before;
    await stub.stop();
  });
  const port = () => sharedSnapshots(clients(), ACCOUNT, 'alias/demo-data');

  it('are those of the database in other accounts that are whole, as old as what they are copies of', async () => {
    expect(await port().list(HOME, 'demo-db')).toEqual([{ ...snapshot, takenMs: Date.UTC(2026, 0, 1, 2) }]);
  });

  it('are copied under the key of this account, by its ARN', async () => {
    await port().copy(snapshot, 'copy', { a: 'b' });
    const asked = new URLSearchParams(stub.requests.at(-1)?.body);
    expect([asked.get('SourceDBSnapshotIdentifier'), asked.get('KmsKeyId'), asked.get('CopyTags')]).toEqual([
      ARN,
      `arn:aws:kms:${HOME}:${ACCOUNT}:alias/demo-data`,
      'false',
    ]);
  });

  it('are told by how far their copy is, and that there is none', async () => {
    expect(await port().status(HOME, 'copy')).toEqual({ status: 'creating', percent: 40 });
    expect(await port().status(HOME, 'none')).toBeUndefined();
  });

  it('need their key, and the error says who has to allow what', async () => {
    refusal = 'KMSKeyNotAccessibleFault';
    const refused = port().copy(snapshot, 'copy', {});
    await expect(refused).rejects.toThrow(KeyNotShared);
    await expect(refused).rejects.toThrow(`in the account 999999999999, allow ${ACCOUNT} kms:Decrypt`);
  });

  it('may be copied already', async () => {
    refusal = 'DBSnapshotAlreadyExists';
    await expect(port().copy(snapshot, 'copy', {})).resolves.toBeUndefined();
  });
});
