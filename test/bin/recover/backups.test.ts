import { setTimeout as wait } from 'node:timers/promises';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clients } from '../../../bin/checks/aws/call';
import { backups } from '../../../bin/recover/aws/backups';
import { TARGET_TAG } from '../../../bin/recover/database/run';
import { drillCopies, NoDrillCopy } from '../../../lambda/restore-drill/aws';
import { type LocalAws, startLocalAws } from '../../../local/aws-api';
import { HOME } from '../../integration/support/places';
import { ACCOUNT, describeInstance, IDENTIFIER, makePlatform } from '../../integration/support/rds-platform';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../support/local-aws';

/** The adapters against RDS as the local AWS API has it, with real servers behind the instances. */

const MINE = `${IDENTIFIER}-restore-mine`;
let api: LocalAws;
const before = { ...process.env };

beforeAll(async () => {
  api = await startLocalAws({
    account: ACCOUNT,
    say: sayAtOnce,
    databases: true,
    statusSeconds: 0.1,
    restorableSeconds: 0.3,
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: api.endpoint,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await makePlatform();
}, WITH_INSTALLATION_MS);
afterAll(async () => {
  process.env = before;
  await api?.stop();
});

async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await wait(100)) {
    const found = await what();
    if (found !== undefined) return found;
  }
  throw new Error('It did not come about.');
}

describe('RDS', () => {
  it('restores from what it names as a base, behind the quarantine, and never over what exists', async () => {
    const port = backups(clients(), 'shop');
    const base = await until(async () =>
      (await port.bases(HOME, IDENTIFIER)).find((one) => one.kind === 'point-in-time'),
    );
    expect(base).toMatchObject({ region: HOME, origin: HOME, source: { identifier: IDENTIFIER } });
    const settings = await port.settings(HOME, IDENTIFIER);
    const restoreTimeMs = base.kind === 'point-in-time' ? base.latestMs : undefined;
    const instance = { ...settings, identifier: MINE, base, restoreTimeMs, tags: { [TARGET_TAG]: 'latest' } };

    await port.restore(HOME, instance);

    await until(async () => ((await port.find(HOME, MINE))?.status === 'available' ? true : undefined));
    expect(await port.find(HOME, MINE)).toMatchObject({ status: 'available', target: 'latest' });
    const made = await describeInstance(HOME, MINE);
    expect(made?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId)).toEqual([
      settings.securityGroup,
    ]);
    expect(made).toMatchObject({ DeletionProtection: true, PubliclyAccessible: false });
    await expect(port.restore(HOME, instance)).rejects.toThrow();
    expect(await port.find(HOME, `${IDENTIFIER}-restore-none`)).toBeUndefined();
  });

  it('makes, lists and deletes the copies of a drill, and nothing else', async () => {
    const { instanceClass, subnetGroup, parameterGroup, securityGroup } = await backups(
      clients(),
      'shop',
    ).settings(HOME, IDENTIFIER);
    const group = { instanceClass, subnetGroup, parameterGroup, securityGroup };
    const copies = drillCopies(IDENTIFIER, 'shop', group);
    const name = `${IDENTIFIER}-restore-drill-1-native`;
    const { timeMs } = await copies.latest();

    await copies.make(name, '1', { timeMs });
    await copies.make(name, '1', { timeMs });
    await until(async () => {
      const [copy] = await copies.list();
      return copy?.status === 'available' && copy.host !== undefined ? copy : undefined;
    });
    expect((await copies.list()).map(({ identifier }) => identifier)).toEqual([name]);
    for (const own of [IDENTIFIER, MINE]) {
      await expect(copies.remove(own)).rejects.toThrow(NoDrillCopy);
      await expect(copies.setPassword(own, 'x')).rejects.toThrow(NoDrillCopy);
    }
    await copies.remove(name);
    await until(async () => ((await copies.list()).length === 0 ? true : undefined));
    await copies.remove(name);
    const { DBInstances = [] } = await new RDSClient({ region: HOME }).send(
      new DescribeDBInstancesCommand({}),
    );
    expect(DBInstances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier).sort()).toEqual([
      IDENTIFIER,
      MINE,
    ]);
  });
});
