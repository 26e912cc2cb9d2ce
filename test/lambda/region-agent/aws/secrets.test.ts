import { describe, expect, it } from '@jest/globals';
import { databaseCredential, NoCredential } from '../../../../lambda/region-agent/aws/credential';
import { isOfEachRegion, NotOurs, replicatedSecrets } from '../../../../lambda/region-agent/aws/secrets';
import {
  type SecretsManager,
  type SecretValue,
  secretsManager,
} from '../../../../lambda/region-agent/aws/secrets-manager';
import type { Secrets } from '../../../../lambda/region-agent/ports';
import { actionOf, FAST, json, jsonError, usePlayedService } from './support';
import { platformSecrets } from './templates';

interface Held {
  value?: string;
  primaryRegion?: string;
}

/** Secrets Manager of a region in memory. */
function region(held: Record<string, Held>, failing: readonly string[] = []) {
  const calls: string[] = [];
  const api: SecretsManager = {
    list: async (prefix) =>
      Object.entries(held).flatMap(([name, { primaryRegion }]) =>
        name.startsWith(prefix) ? [{ name, primaryRegion }] : [],
      ),
    async current(name): Promise<SecretValue | undefined> {
      const value = held[name]?.value;
      return value === undefined ? undefined : { SecretString: value };
    },
    async put(name, value) {
      calls.push(`put ${name}`);
      held[name] = { ...held[name], value: 'SecretString' in value ? value.SecretString : '' };
    },
    async detach(name) {
      if (failing.includes(name)) throw new Error('Secrets Manager is unavailable.');
      calls.push(`detach ${name}`);
    },
    async replicate(name, to, key) {
      calls.push(`replicate ${name} to ${to} with ${key}`);
    },
  };
  return { api, calls, held };
}

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';

describe('detaching', () => {
  const detach = (held: Record<string, Held>, failing?: readonly string[]) => {
    const own = region(held, failing);
    const other = region({});
    const secrets = replicatedSecrets({
      prefix: 'shop/',
      own: { region: STANDBY, api: own.api },
      other: { region: HOME, api: other.api },
      replicaKey: 'alias/shop-data',
    });
    return { secrets, calls: own.calls };
  };

  it('makes every copy a secret of its own, and leaves those alone that are', async () => {
    const { secrets, calls } = detach({
      'shop/database': { primaryRegion: HOME },
      'shop/api-key': { primaryRegion: STANDBY },
      'shop/cache': {},
      'other/database': { primaryRegion: HOME },
    });
    await secrets.detach();
    expect(calls).toEqual(['detach shop/database']);
  });

  it('goes on with the others when one fails, and then names that one', async () => {
    const copies = { 'shop/a': { primaryRegion: HOME }, 'shop/b': { primaryRegion: HOME } };
    const { secrets, calls } = detach(copies, ['shop/a']);
    await expect(secrets.detach()).rejects.toThrow(
      'Detaching secrets failed for 1 of 2. shop/a: Secrets Manager is unavailable.',
    );
    expect(calls).toEqual(['detach shop/b']);
  });
});

describe('attaching again', () => {
  const attach = (here: Record<string, Held>, there: Record<string, Held>) => {
    const own = region(here);
    const other = region(there);
    const secrets: Secrets = replicatedSecrets({
      prefix: 'shop/',
      own: { region: HOME, api: own.api },
      other: { region: STANDBY, api: other.api },
      replicaKey: 'alias/shop-data',
    });
    return { secrets, calls: own.calls, held: own.held };
  };
  const copied = (name: string): string => `replicate ${name} to us-west-2 with alias/shop-data`;

  it('takes the value of the side that leads before it copies over it', async () => {
    const { secrets, calls, held } = attach(
      { 'shop/database': { value: 'old' } },
      { 'shop/database': { value: 'changed while home was away' } },
    );
    await secrets.reattach();
    expect(calls).toEqual(['put shop/database', copied('shop/database')]);
    expect(held['shop/database']?.value).toBe('changed while home was away');
  });

  it('writes nothing that is the same, and nothing that nobody has set', async () => {
    const { secrets, calls } = attach(
      { 'shop/same': { value: 'x' }, 'shop/unset': {}, 'shop/only-here': { value: 'y' } },
      { 'shop/same': { value: 'x' }, 'shop/unset': {} },
    );
    await secrets.reattach();
    expect([...calls].sort()).toEqual(['shop/only-here', 'shop/same', 'shop/unset'].map(copied));
  });

  it('leaves alone what is attached already, and what each region has for itself', async () => {
    const { secrets, calls } = attach(
      { 'shop/database': { value: 'new', primaryRegion: HOME }, 'shop/cache': { value: 'token of home' } },
      { 'shop/database': { value: 'old', primaryRegion: HOME }, 'shop/cache': { value: 'token of standby' } },
    );
    await secrets.reattach();
    expect(calls).toEqual([]);
  });

  it('is refused for a secret that is itself a copy', async () => {
    const { secrets } = attach({ 'shop/database': { primaryRegion: STANDBY } }, { 'shop/database': {} });
    await expect(secrets.reattach()).rejects.toThrow(new NotOurs('shop/database', STANDBY).message);
  });
});

describe('the secrets that each region has for itself', () => {
  it('are those of the template that are not copied', () => {
    const all = platformSecrets('home');
    const alone = all.filter(({ ReplicaRegions }) => !ReplicaRegions).map(({ Name }) => String(Name));
    expect(alone).toEqual(['prodstack/cache', 'prodstack/tasks-queue']);
    const known = all.map(({ Name }) => String(Name)).filter((name) => isOfEachRegion(name.slice(10)));
    expect(known).toEqual(alone);
    expect(all.length).toBeGreaterThan(alone.length);
  });
});

describe('Secrets Manager', () => {
  const played = usePlayedService('SECRETS_MANAGER');
  const api = (): SecretsManager => secretsManager(STANDBY, FAST);

  it('lists all pages, and drops what only looks like the prefix', async () => {
    played.play((request) =>
      JSON.parse(request.body).NextToken === undefined
        ? json({
            SecretList: [{ Name: 'shop/a', PrimaryRegion: HOME }, { Name: 'Shop/b' }],
            NextToken: 'more',
          })
        : json({ SecretList: [{ Name: 'shop/c' }] }),
    );
    await expect(api().list('shop/')).resolves.toEqual([
      { name: 'shop/a', primaryRegion: HOME },
      { name: 'shop/c', primaryRegion: undefined },
    ]);
    expect(JSON.parse(played.requests[0]?.body ?? '')).toMatchObject({
      Filters: [{ Key: 'name', Values: ['shop/'] }],
    });
  });

  it('detaches a copy by its name', async () => {
    played.play(() => json({ ARN: 'arn' }));
    await api().detach('shop/a');
    expect(played.requests.map(actionOf)).toEqual(['StopReplicationToReplica']);
    expect(JSON.parse(played.requests[0]?.body ?? '')).toEqual({ SecretId: 'shop/a' });
  });

  it('copies a secret over whatever has its name in the other region', async () => {
    played.play(() => json({}));
    await api().replicate('shop/a', HOME, 'alias/shop-data');
    expect(JSON.parse(played.requests[0]?.body ?? '')).toEqual({
      SecretId: 'shop/a',
      AddReplicaRegions: [{ Region: HOME, KmsKeyId: 'alias/shop-data' }],
      ForceOverwriteReplicaSecret: true,
    });
  });

  it('never shows a value in an error', async () => {
    played.play(() => jsonError('InvalidRequestException', 'The secret is a replica.'));
    const put = api().put('shop/a', { SecretString: 'very secret' });
    await expect(put).rejects.toThrow('Writing the secret shop/a in us-west-2 failed');
    const failed: unknown = await put.catch((error: unknown) => error);
    expect(failed instanceof Error && `${failed.stack} ${JSON.stringify(failed)}`).not.toContain(
      'very secret',
    );
  });

  it('that throttles or hangs says so', async () => {
    played.play(() => jsonError('ThrottlingException', 'Rate exceeded'));
    await expect(api().detach('shop/a')).rejects.toThrow(
      'Detaching the secret shop/a in us-west-2 was throttled by AWS',
    );
    expect(played.requests).toHaveLength(1);
    played.hang();
    await expect(api().current('shop/a')).rejects.toThrow('gave no answer within 3 s');
  });
});

describe('the credential of the agent', () => {
  const credential = (value: string | undefined) =>
    databaseCredential(
      region({ 'shop/database-agent': value === undefined ? {} : { value } }).api,
      'shop/database-agent',
    );

  it('is read anew each time', async () => {
    const held: Record<string, Held> = { agent: { value: '{"username":"a","password":"1"}' } };
    const read = databaseCredential(region(held).api, 'agent');
    await expect(read()).resolves.toEqual({ username: 'a', password: '1' });
    held.agent = { value: '{"username":"b","password":"2"}' };
    await expect(read()).resolves.toEqual({ username: 'b', password: '2' });
  });

  it.each([
    undefined,
    'no JSON: hunter2',
    '{"username":"a"}',
    '["hunter2"]',
    'null',
    '{"username":"","password":"hunter2"}',
  ])('is refused without being shown: %s', async (value) => {
    const read = credential(value)();
    await expect(read).rejects.toThrow(NoCredential);
    await expect(read).rejects.not.toThrow('hunter2');
  });
});
