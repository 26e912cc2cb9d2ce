import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clients } from '../../../bin/checks/aws/call';
import type { Leadership } from '../../../bin/operate/ports';
import { objectVersions } from '../../../bin/recover/aws/objects';
import { secretVersions } from '../../../bin/recover/aws/secrets';
import { type CacheBackups, type CacheRequest, restoreCache } from '../../../bin/recover/cache/run';
import { objectsAsOf, type Version } from '../../../bin/recover/objects/plan';
import { restoreObjects } from '../../../bin/recover/objects/run';
import { leadingPlace } from '../../../bin/recover/place';
import { restoreSecrets, type SecretVersions } from '../../../bin/recover/secrets/run';
import type { Manner } from '../../../bin/recover/telling';
import { secretStore } from '../../../bin/secrets/aws';
import { secretItems } from '../../../bin/secrets/items';
import { setItem } from '../../../bin/secrets/set';
import { systemClock } from '../../../lambda/runtime/clock';
import { bucketName } from '../../../lib/config/names';
import { useLocalAws } from '../../support/local-aws';
import { HOME, STANDBY, serving } from '../operate/records';
import { platform } from '../support/ports';

const PLATFORM = platform();
const LATEST = { kind: 'latest' } as const;
const at = (ms: number) => ({ kind: 'time', timeUs: BigInt(ms) * 1000n }) as const;
const manner = (changes: Partial<Manner> = {}): Manner => ({
  json: false,
  dryRun: false,
  clock: { ...systemClock, sleep: async () => undefined },
  stop: new AbortController().signal,
  ...changes,
});
const quiet = (): void => undefined;

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('objects as of a time', () => {
  const version = (key: string, modifiedMs: number, deleted = false): Version => ({
    key,
    versionId: `${key}-${modifiedMs}`,
    modifiedMs,
    deleted,
    size: 1,
  });

  it('are what a reader of that time would have found', async () => {
    const histories = fc.uniqueArray(fc.record({ modifiedMs: fc.nat(50), deleted: fc.boolean() }), {
      selector: ({ modifiedMs }) => modifiedMs,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(histories, { maxLength: 4 }), fc.nat(50), async (keys, moment) => {
        const versions = keys.flatMap((history, index) =>
          history.map(({ modifiedMs, deleted }) => version(`k${index}`, modifiedMs, deleted)),
        );
        const { changes, newer, unchanged } = await objectsAsOf(each(versions), moment);
        const reader = (until: number) =>
          keys.map((_, index) => {
            const seen = versions.filter((one) => one.key === `k${index}` && one.modifiedMs <= until);
            const last = seen.sort((one, other) => other.modifiedMs - one.modifiedMs)[0];
            return last && !last.deleted ? last.versionId : undefined;
          });
        const [then, now] = [reader(moment), reader(1_000)];
        expect(changes.map(({ versionId }) => versionId)).toEqual(
          then.filter((one, index) => one !== undefined && one !== now[index]),
        );
        expect(newer).toHaveLength(
          then.filter((one, index) => one === undefined && now[index] !== undefined).length,
        );
        expect(unchanged).toBe(then.filter((one, index) => one !== undefined && one === now[index]).length);
      }),
    );
  });
});

describe('on S3 and Secrets Manager', () => {
  useLocalAws(HOME);
  const bucket = bucketName(PLATFORM, PLATFORM.buckets[0]?.name ?? '', HOME);
  const [, ...others] = PLATFORM.buckets.map(({ name }) => name);
  const buckets = [PLATFORM.buckets[0]?.name ?? ''];
  const s3 = (): S3Client => new S3Client({ region: HOME, forcePathStyle: true });
  const put = (Key: string, Body: string) => s3().send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const read = async (Key: string): Promise<string | undefined> =>
    (await s3().send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
  let before = 0;

  beforeAll(async () => {
    await s3().send(new CreateBucketCommand({ Bucket: bucket }));
    const on = { Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' as const } };
    await s3().send(new PutBucketVersioningCommand(on));
    await Promise.all([put('a/changed one', 'old'), put('gone', 'here'), put('same', 'same')]);
    await new Promise((done) => setTimeout(done, 1_100));
    before = Date.now();
    await new Promise((done) => setTimeout(done, 1_100));
    await put('a/changed one', 'new');
    await put('newer', 'newer');
    await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));
  });

  const restore = (changes: { into?: string; dryRun?: boolean }, said: string[] = []) =>
    restoreObjects(
      PLATFORM,
      { target: at(before), region: HOME, buckets, prefix: '', into: changes.into },
      objectVersions(clients(), true),
      manner({ dryRun: changes.dryRun ?? false }),
      (sentence) => said.push(sentence),
    );

  it('only lists them in a dry run', async () => {
    const said: string[] = [];
    expect(await restore({ dryRun: true }, said)).toMatchObject({ outcome: 'would' });
    expect(said[0]).toContain('2 objects were changed or deleted since');
    expect(said[0]).toContain('1 are newer and stay, 1 are the same.');
    expect(await read('a/changed one')).toBe('new');
  });

  it('copies what was changed or deleted below a prefix, and then back', async () => {
    expect(await restore({ into: 'restored' })).toMatchObject({ outcome: 'done' });
    expect(await read('restored/a/changed one')).toBe('old');
    expect(await read('restored/gone')).toBe('here');
    expect(await read('a/changed one')).toBe('new');
    await restore({});
    expect([await read('a/changed one'), await read('gone'), await read('newer')]).toEqual([
      'old',
      'here',
      'newer',
    ]);
  });

  it('refuses what is no bucket of the platform, and a target without a time', async () => {
    const port = objectVersions(clients(), true);
    const request = { target: at(before), region: HOME, buckets: ['none'], prefix: '', into: undefined };
    expect((await restoreObjects(PLATFORM, request, port, manner(), quiet)).outcome).toBe('refused');
    const latest = { ...request, target: LATEST, buckets: others };
    expect((await restoreObjects(PLATFORM, latest, port, manner(), quiet)).outcome).toBe('refused');
  });

  it('sets a secret under a version of its own, and sees the same one in the copy', async () => {
    const manager = new SecretsManagerClient({ region: HOME });
    const store = secretStore(clients());
    const Name = 'demo/pager-key';
    await manager.send(new CreateSecretCommand({ Name, AddReplicaRegions: [{ Region: STANDBY }] }));
    expect(await store.state(HOME, 'demo/none')).toBeUndefined();
    expect(await store.value(HOME, Name)).toBeUndefined();
    const version = '5f3c1a52-6f0e-4a37-9b0b-1d2c3e4f5a6b';
    const item = secretItems(PLATFORM).find(({ name }) => name === 'pager-key');
    if (!item) throw new Error('the fixture has that secret');
    const request = { item, text: 'a-token', version };
    await setItem(PLATFORM, request, store, manner({ dryRun: true }), quiet);
    expect((await store.state(HOME, Name))?.current).not.toBe(version);
    await store.put(HOME, Name, 'a-token', version);
    await store.put(HOME, Name, 'a-token', version);
    const [own, copy] = [await store.state(HOME, Name), await store.state(STANDBY, Name)];
    expect([own?.current, copy?.current]).toEqual([version, version]);
    expect([...(own?.copies ?? [])]).toEqual([[STANDBY, 'InSync']]);
    expect((await store.value(STANDBY, Name))?.text).toBe('a-token');
  });

  it('brings a deleted secret back, and a version that was current at a time', async () => {
    const manager = new SecretsManagerClient({ region: HOME });
    const real = secretVersions(clients());
    const name = 'demo/token';
    // The local API says of every version that it was made just now.
    const made = new Map<string, number>();
    const port: SecretVersions = {
      ...real,
      versions: async (region, secret) =>
        (await real.versions(region, secret)).map((one) => ({ ...one, createdMs: made.get(one.id) ?? 0 })),
    };
    const first = await manager.send(new CreateSecretCommand({ Name: name, SecretString: 'one' }));
    made.set(first.VersionId ?? '', 10_000);
    const second = await manager.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'two' }));
    made.set(second.VersionId ?? '', 20_000);
    const value = async () =>
      (await manager.send(new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSCURRENT' })))
        .SecretString;
    const ask = (
      target: typeof LATEST | ReturnType<typeof at>,
      dryRun = false,
      secret: string | undefined = 'token',
    ) => restoreSecrets(PLATFORM, { target, region: HOME, secret }, port, manner({ dryRun }), quiet);

    expect((await ask(at(15_000), true)).outcome).toBe('would');
    expect(await value()).toBe('two');
    expect((await ask(at(15_000))).outcome).toBe('done');
    expect(await value()).toBe('one');

    await manager.send(new DeleteSecretCommand({ SecretId: name }));
    expect(await ask(LATEST)).toMatchObject({
      outcome: 'done',
      sentences: [expect.stringContaining('brought back'), expect.anything()],
    });
    expect(await value()).toBe('one');
    expect((await ask(LATEST, false, 'none')).outcome).toBe('refused');
    expect((await ask(at(1_000))).sentences).toEqual([`No version of ${name} is as old as that.`]);
  });
});

describe('the region of a restore that names none', () => {
  const said: string[] = [];
  const placeIf = (read: Leadership['read']) => leadingPlace(PLATFORM, { read }, (one) => said.push(one));

  it('is the one that leads by the record', async () => {
    expect(await placeIf(async () => ({ ...serving(), holder: STANDBY }))).toBe(STANDBY);
  });

  it('is home if there is no record, or nobody can read it, which it says', async () => {
    expect([await placeIf(async () => undefined), said]).toEqual([HOME, []]);
    expect(await placeIf(() => Promise.reject(new Error('The table is away.')))).toBe(HOME);
    expect(said).toEqual([expect.stringMatching(/^The table is away\..*--region us-west-2/)]);
  });
});

describe('the restore of a cache', () => {
  class FakeCache implements CacheBackups {
    readonly made: string[] = [];
    states = ['creating', 'available'];
    async snapshots() {
      return [1, 2, 3].map((hour) => ({ name: `s${hour}`, takenMs: hour * 3_600_000 }));
    }
    async status() {
      return this.made.length === 0
        ? undefined
        : this.states.length > 1
          ? this.states.shift()
          : this.states[0];
    }
    async restore(_region: string, group: string, snapshot: string, model: string) {
      this.made.push(`${group} from ${snapshot} like ${model}`);
    }
  }
  const request = (changes: Partial<CacheRequest> = {}): CacheRequest => ({
    target: LATEST,
    region: HOME,
    into: 'mine',
    ...changes,
  });

  it('makes a new group from the last snapshot before the time, and waits for it', async () => {
    const cache = new FakeCache();
    expect((await restoreCache(PLATFORM, request(), cache, manner(), quiet)).outcome).toBe('done');
    expect(cache.made).toEqual(['demo-cache-restore-mine from s3 like demo-cache']);
    const older = new FakeCache();
    await restoreCache(PLATFORM, request({ target: at(2.5 * 3_600_000) }), older, manner(), quiet);
    expect(older.made[0]).toContain('from s2');
  });

  it('makes nothing in a dry run, without a snapshot, or under a name that is none', async () => {
    const cache = new FakeCache();
    expect((await restoreCache(PLATFORM, request(), cache, manner({ dryRun: true }), quiet)).outcome).toBe(
      'would',
    );
    for (const wrong of [
      request({ target: at(1) }),
      request({ into: 'No' }),
      request({ into: 'x'.repeat(40) }),
    ])
      expect((await restoreCache(PLATFORM, wrong, cache, manner(), quiet)).outcome).toBe('refused');
    expect(cache.made).toEqual([]);
  });

  it('says that it failed', async () => {
    const cache = new FakeCache();
    cache.states = ['creating', 'create-failed'];
    expect((await restoreCache(PLATFORM, request(), cache, manner(), quiet)).outcome).toBe('failed');
  });
});
