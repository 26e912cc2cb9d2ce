import { describe, expect, it } from '@jest/globals';
import { stackName } from '../../../lib/config/names';
import { HOME, NOW, STANDBY, serving } from '../operate/records';
import { Account, ALL, LATER, PLATFORM, placeOf, recover } from './account';

describe('recover in an empty account', () => {
  it('says what it would do and what cannot come back, and does none of it', async () => {
    const account = new Account(false);
    const { outcome, sentences, told } = await recover(account, { dryRun: true });
    expect([outcome, account.deployed]).toEqual(['would', []]);
    expect(sentences.join('\n')).toMatch(
      /Deploy who leads: .*\nDeploy keys[\s\S]*Restore the database[\s\S]*Deploy services/,
    );
    expect(told).toMatch(/Cannot be brought back: The history of who led is gone/);
  });

  const reached = /-(Service-|Migration-|Edge$)/;

  it('deploys nothing that serves somebody before the restored database has its place', async () => {
    const account = new Account(false);
    const { outcome, sentences, result } = await recover(account);
    expect(account.deployed.filter((name) => reached.test(name))).toEqual([]);
    expect(new Set(account.deployed).size).toBe(ALL.filter(({ name }) => !reached.test(name)).length);
    expect([outcome, sentences[0]]).toEqual([
      'failed',
      expect.stringMatching(/not whole yet: migrations, services, names wait.*Not deployed: .*-Edge\.$/),
    ]);
    expect(result).toMatchObject({ healthy: false });
    expect(sentences.join('\n')).toMatch(
      /By a person: The database of the backup is beside the new one.*say the same command again/,
    );
  });

  it.each([
    ['before anybody led', undefined],
    ['afterwards', serving()],
  ])('does not take the database of a run that was interrupted %s for one with data', async (_, record) => {
    const account = new Account(false);
    account.operator.record = record;
    account.recovery.instances.set(`${HOME}/demo-db`, {
      status: 'available',
      target: undefined,
      createdMs: LATER,
    });
    const { sentences } = await recover(account);
    expect(account.deployed.filter((name) => reached.test(name))).toEqual([]);
    expect(sentences.join('\n')).toMatch(/younger than its backups.*--data.*npx holdfast deploy/);
  });

  it('deploys everything in order, with the rest once the restored database has its place', async () => {
    const account = new Account(false);
    await recover(account);
    account.letCopyLead();
    const { outcome, sentences } = await recover(account);
    expect([...account.deployed].sort()).toEqual([...new Set(ALL.map(({ name }) => name))].sort());
    const order = [
      'Leadership',
      'Foundation',
      'Network',
      'Data',
      'Recovery',
      'Cluster',
      'Monitoring',
      'Edge',
    ];
    const places = order.map((part) => placeOf(account, part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(account.recovery.made.map(({ identifier }) => identifier)).toEqual(['demo-db-restore-recover']);
    expect(account.caches).toContain('demo-cache-restore-recover');
    expect([outcome, sentences[0]]).toEqual(['failed', expect.stringMatching(/^The platform is healthy\./)]);
    expect(sentences.slice(1)).toEqual([expect.stringMatching(/^By a person: The cache/)]);
  });

  it('goes on where it ended, wherever a deployment failed', async () => {
    const account = new Account(false);
    const again = async (): Promise<void> => {
      for (let runs = 0; runs <= ALL.length; runs += 1) {
        account.deploysLeft = 1;
        await recover(account).catch(() => undefined);
      }
    };
    await again();
    account.letCopyLead();
    await again();
    account.deploysLeft = Number.POSITIVE_INFINITY;
    await recover(account);
    expect(account.deployed.length).toBe(new Set(account.deployed).size);
    expect(account.there.size).toBe(new Set(ALL.map(({ name }) => name)).size);
    expect(account.recovery.made).toHaveLength(1);
  });

  it('brings deleted secrets back first, whose names are taken', async () => {
    const account = new Account(false);
    account.deleted = ['demo/session-key'];
    await recover(account);
    expect(account.undeleted).toEqual([`${HOME} demo/session-key`]);
  });

  it('says which data no backup has', async () => {
    const account = new Account(false);
    account.recovery.bases = { [HOME]: [], [STANDBY]: [] };
    account.goneBuckets = [HOME, STANDBY].map((region) => `demo-uploads-123456789012-${region}`);
    const { told } = await recover(account, { dryRun: true });
    expect(told).toMatch(/No backup of the database is left in either region, and no account shares one/);
    expect(told).toMatch(/The bucket uploads is gone in both regions/);
  });
});

describe('recover of a platform that is there', () => {
  it('does nothing but look at its health', async () => {
    const account = new Account(true);
    const { outcome, sentences } = await recover(account);
    expect([outcome, account.deployed]).toEqual(['done', []]);
    expect(sentences[0]).toMatch(/^The platform is healthy\./);
  });

  it('does not take a database that was just made for a healthy one', async () => {
    const account = new Account(true);
    account.recovery.instances.set(`${HOME}/demo-db`, {
      status: 'available',
      target: undefined,
      createdMs: LATER,
    });
    const { outcome, sentences, result } = await recover(account);
    expect([outcome, sentences.at(-1)]).toEqual([
      'failed',
      expect.stringMatching(/younger than its backups.*--data/),
    ]);
    expect(sentences[0]).toMatch(/^The platform runs, but its database was made anew/);
    expect(result).toMatchObject({ healthy: false });
  });

  it('restores beside it what somebody knows to be empty', async () => {
    const account = new Account(true);
    await recover(account, { request: { from: undefined, data: true } });
    expect(account.recovery.made).toHaveLength(1);
  });

  it('rebuilds a lost region around its leader, whose data it leaves alone', async () => {
    const account = new Account(true);
    const lost = ALL.filter(({ region }) => region === STANDBY).map(({ name }) => name);
    for (const name of lost) account.there.delete(name);
    const { outcome } = await recover(account);
    expect([outcome, [...account.deployed].sort()]).toEqual(['done', [...lost].sort()]);
    expect(account.recovery.made).toEqual([]);
  });

  it('says how objects come back into a bucket that was lost in one region', async () => {
    const account = new Account(true);
    account.goneBuckets = [`demo-uploads-123456789012-${STANDBY}`];
    const { sentences } = await recover(account, { dryRun: true });
    expect(sentences.at(-1)).toContain(
      `aws s3 sync s3://demo-uploads-123456789012-${HOME} s3://demo-uploads-123456789012-${STANDBY}`,
    );
  });

  it('leaves out a region that gives no answer, and says so', async () => {
    const account = new Account(true);
    account.silent.add(STANDBY);
    const { outcome, sentences } = await recover(account);
    expect(outcome).toBe('failed');
    expect(sentences.join('\n')).toMatch(new RegExp(`${STANDBY} was left out, because it gave no answer`));
  });

  it('takes the data of the region that answers, if the one that led is silent', async () => {
    const account = new Account(false);
    account.silent.add(HOME);
    account.recovery.bases = {
      [STANDBY]: [
        { kind: 'snapshot', region: STANDBY, origin: HOME, name: 'last-night', takenMs: NOW - 3_600_000 },
      ],
    };
    const { sentences, told } = await recover(account);
    expect(account.recovery.made.map(({ base }) => base.region)).toEqual([STANDBY]);
    expect(told).toMatch(new RegExp(`demo-db-restore-recover is in ${HOME} already is not known`));
    expect(sentences.join('\n')).toMatch(new RegExp(`${HOME} was left out, because it gave no answer`));
  });

  it('refuses a region that somebody names and that does not answer', async () => {
    const account = new Account(true);
    account.silent.add(STANDBY);
    await expect(recover(account, { request: { from: STANDBY, data: false } })).rejects.toThrow(
      `${STANDBY} gives no answer, so its data cannot count; say --from ${HOME}.`,
    );
  });

  it('changes nothing while neither region with data answers', async () => {
    const account = new Account(false);
    for (const region of [HOME, STANDBY]) account.silent.add(region);
    await expect(recover(account)).rejects.toThrow('Neither region with data gives an answer.');
    expect(account.deployed).toEqual([]);
  });

  it('refuses to go on from a stack that CloudFormation is still at', async () => {
    const account = new Account(true);
    account.there.set(stackName(PLATFORM, HOME, 'Data'), 'ROLLBACK_COMPLETE');
    const { outcome, sentences } = await recover(account);
    expect([outcome, sentences[0]]).toEqual([
      'refused',
      expect.stringMatching(/-Data in us-east-1 is ROLLBACK_COMPLETE/),
    ]);
  });

  it('waits for the agents, and ends with what is wrong if it stays so', async () => {
    const account = new Account(true);
    account.operator.turns = { [HOME]: [], [STANDBY]: [] };
    const { outcome, sentences, told } = await recover(account);
    expect([outcome, sentences[0]]).toEqual([
      'failed',
      expect.stringMatching(/^The platform is not healthy\./),
    ]);
    expect(told.match(/Not settled yet/g)?.length).toBeGreaterThan(10);
  });
});

describe('recover of a platform with migrations', () => {
  it('deploys them before the services that wait for them', async () => {
    const account = new Account(false);
    await recover(account);
    account.letCopyLead();
    await recover(account);
    const places = (part: string): number[] =>
      account.deployed.flatMap((name, i) => (name.includes(part) ? [i] : []));
    expect(places('-Migration-')).toHaveLength(2);
    expect(Math.max(...places('-Migration-'))).toBeLessThan(Math.min(...places('-Service-')));
  });
});
