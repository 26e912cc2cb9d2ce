import { describe, expect, it } from '@jest/globals';
import { CallFailed } from '../../../bin/checks/failures';
import { partsIn } from '../../../bin/checks/platform-stacks';
import type { ComponentPorts } from '../../../bin/recover/aws';
import type { PlatformPorts, PlatformRequest } from '../../../bin/recover/platform/ports';
import { recoverPlatform } from '../../../bin/recover/platform/run';
import type { Ended } from '../../../bin/recover/telling';
import { stackName } from '../../../lib/config/names';
import { FakePlatform } from '../operate/fakes';
import { HOME, NOW, STANDBY, serving } from '../operate/records';
import { platform } from '../support/ports';
import { FakeRecovery } from './fakes';

const PLATFORM = platform();
const WITNESS = PLATFORM.regions.witness.name;
const REGIONS = [...new Set([HOME, STANDBY, WITNESS, 'us-east-1'])];
const ALL = REGIONS.flatMap((region) =>
  partsIn(PLATFORM, region).map((part) => ({ region, name: stackName(PLATFORM, region, part) })),
);
const ASK: PlatformRequest = { from: undefined, data: false };

/** An account that holds what its maps say; deploying a stack makes it. */
class Account implements PlatformPorts {
  readonly there = new Map<string, string>();
  readonly silent = new Set<string>();
  readonly deployed: string[] = [];
  readonly undeleted: string[] = [];
  deleted: string[] = [];
  goneBuckets: string[] = [];
  /** Deployments that end well before one fails. */
  deploysLeft = Number.POSITIVE_INFINITY;
  readonly operator = new FakePlatform(serving());
  readonly recovery = new FakeRecovery();
  readonly stacks: PlatformPorts['stacks'] = {
    list: async (region) => {
      if (this.silent.has(region))
        throw new CallFailed('cloudformation:ListStacks', region, new Error('ENETUNREACH'));
      return ALL.flatMap((stack) => {
        const status = this.there.get(stack.name);
        return stack.region === region && status ? [{ name: stack.name, status, isProtected: true }] : [];
      });
    },
  };
  readonly deployer: PlatformPorts['deployer'] = {
    deploy: async (stacks) => {
      for (const name of stacks) {
        if (this.deploysLeft === 0) throw new Error(`cdk deploy ended with 1 at ${name}.`);
        this.deploysLeft -= 1;
        this.deployed.push(name);
        this.there.set(name, 'CREATE_COMPLETE');
      }
    },
  };
  readonly components: ComponentPorts = {
    cache: {
      snapshots: async () => [{ name: 'last-night', takenMs: NOW }],
      status: async (_, group) => (this.caches.has(group) ? 'available' : undefined),
      restore: async (_, group) => {
        this.caches.add(group);
      },
    },
    objects: {
      versions: (region, bucket) => this.versions(region, bucket),
      copy: async () => undefined,
    },
    secrets: {
      list: async (region) => (region === HOME ? this.deleted.map((name) => ({ name, deletedMs: NOW })) : []),
      versions: async () => [],
      undelete: async (region, name) => {
        this.deleted = this.deleted.filter((one) => one !== name);
        this.undeleted.push(`${region} ${name}`);
      },
      makeCurrent: async () => undefined,
    },
  };
  readonly caches = new Set<string>();

  /** @param whole whether everything is there already */
  constructor(whole: boolean) {
    if (whole) for (const { name } of ALL) this.there.set(name, 'CREATE_COMPLETE');
    this.recovery.replies.set('prepare', [
      { operation: 'prepare', outcome: 'done', sentence: 'It is closed.', database: DATABASE },
    ]);
    this.recovery.replies.set('top-up', [
      { operation: 'top-up', outcome: 'done', sentence: 'Added 5.', applied: 5, last: LAST, head: LAST },
    ]);
    this.recovery.replies.set('verify', [
      {
        operation: 'verify',
        outcome: 'done',
        sentence: 'Read.',
        problems: [],
        tables: [],
        leftOut: [],
        last: LAST,
      },
    ]);
    if (whole) {
      this.recovery.instances.set(`${HOME}/demo-db`, { status: 'available', target: undefined });
      this.caches.add('demo-cache');
    }
  }

  private async *versions(region: string, bucket: string): AsyncGenerator<never> {
    const none: readonly never[] = [];
    yield* none;
    if (!this.goneBuckets.includes(bucket)) return;
    throw new CallFailed(
      's3:ListBucketVersions',
      region,
      Object.assign(new Error('gone'), { name: 'NoSuchBucket' }),
    );
  }
}

const DATABASE = {
  version: '17.6',
  system: '7',
  database: 'app',
  position: '0/5',
  timeline: 2,
  closed: true,
  epoch: 1,
  activeJobs: 0,
};
const LAST = { endLsn: '0/99', commitTimeUs: String(BigInt(NOW) * 1000n) };

async function recover(
  account: Account,
  { dryRun = false, request = ASK }: { readonly dryRun?: boolean; readonly request?: PlatformRequest } = {},
): Promise<Ended & { readonly told: string }> {
  const told: string[] = [];
  let elapsed = 0;
  const clock = {
    now: () => NOW,
    monotonic: () => elapsed,
    sleep: async (milliseconds: number) => {
      elapsed += milliseconds;
    },
  };
  const manner = { json: false, dryRun, clock, stop: new AbortController().signal };
  const ended = await recoverPlatform({
    platform: PLATFORM,
    request,
    ports: account,
    manner,
    tell: (sentence) => told.push(sentence),
  });
  return { ...ended, told: told.join('\n') };
}

/** Place of the first stack of a part among those that were deployed. */
const placeOf = ({ deployed }: Account, part: string): number =>
  deployed.findIndex((name) => name.endsWith(part));

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

  it('deploys everything in order, restores beside what is new, and says what a person has to do', async () => {
    const account = new Account(false);
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
    expect(sentences.join('\n')).toMatch(/By a person: The database of the backup is beside the new one/);
  });

  it('goes on where it ended, wherever a deployment failed', async () => {
    const account = new Account(false);
    for (let runs = 0; runs <= ALL.length; runs += 1) {
      account.deploysLeft = 1;
      await recover(account).catch(() => undefined);
    }
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
    expect(told).toMatch(/No backup of the database is left in either region: it begins empty\./);
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
    const createdMs = NOW + 365 * 86_400_000;
    account.recovery.instances.set(`${HOME}/demo-db`, { status: 'available', target: undefined, createdMs });
    const { outcome, sentences } = await recover(account);
    expect([outcome, sentences.at(-1)]).toEqual([
      'failed',
      expect.stringMatching(/younger than its backups.*--data/),
    ]);
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
