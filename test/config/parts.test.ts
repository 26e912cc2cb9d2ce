import { describe, expect, it } from '@jest/globals';
import { overlap, parseCidr } from '../../lib/config/cidr';
import { bucketVariable, isReservedVariable } from '../../lib/config/environment';
import { parseImage, UPSTREAM_REGISTRIES } from '../../lib/config/image';
import { parsePlatform } from '../../lib/config/load';
import { pullThroughPrefix } from '../../lib/config/names';
import { isOwnedParameter } from '../../lib/config/postgres';
import { likelyMeaning, oneOf } from '../../lib/config/suggest';
import { databaseParameters } from '../../lib/database/parameters';
import { edit, FILE, VALID } from './fixture';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('an image', () => {
  it.each([
    ['web:1.0', { kind: 'own', repository: 'web', reference: { tag: '1.0' } }],
    ['team/web:1.0', { kind: 'own', repository: 'team/web', reference: { tag: '1.0' } }],
    [`web@${DIGEST}`, { kind: 'own', repository: 'web', reference: { digest: DIGEST } }],
    [
      'public.ecr.aws/nginx/nginx:1.29',
      { kind: 'upstream', registry: 'public.ecr.aws', repository: 'nginx/nginx', reference: { tag: '1.29' } },
    ],
    [
      'docker.io/library/nginx:1.29',
      { kind: 'upstream', registry: 'docker.io', repository: 'library/nginx', reference: { tag: '1.29' } },
    ],
    [
      'docker.io/nginx:1',
      { kind: 'upstream', registry: 'docker.io', repository: 'library/nginx', reference: { tag: '1' } },
    ],
    [
      `ghcr.io/a/b:2@${DIGEST}`,
      { kind: 'upstream', registry: 'ghcr.io', repository: 'a/b', reference: { digest: DIGEST } },
    ],
    [
      'localhost:5000/web:1',
      { kind: 'upstream', registry: 'localhost:5000', repository: 'web', reference: { tag: '1' } },
    ],
    [
      'localhost/web:1',
      { kind: 'upstream', registry: 'localhost', repository: 'web', reference: { tag: '1' } },
    ],
  ])('is read as Docker reads it: %s', (text, expected) => {
    expect(parseImage(text)).toEqual(expected);
  });
});

describe('the prefix of a pull-through cache', () => {
  it.each(['a', 'demo', 'mercator-jupiter', 'eighteen-character'])(
    'fits ECR and is another one for each registry: platform %s',
    (name) => {
      const platform = parsePlatform(edit(VALID, ['name: demo\n', `name: ${name}\n`]), FILE);
      const registries = Object.keys(UPSTREAM_REGISTRIES);
      const prefixes = registries.map((registry) => pullThroughPrefix(platform, registry));
      expect(prefixes.filter((prefix) => prefix.length > 30 || !prefix.startsWith(`${name}-`))).toEqual([]);
      expect(prefixes.filter((prefix) => !/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(prefix))).toEqual([]);
      expect(new Set(prefixes).size).toBe(registries.length);
    },
  );
});

describe('the parameters of PostgreSQL', () => {
  it('that Holdfast sets cannot be set by a file', () => {
    const { database } = parsePlatform(edit(VALID, ['  parameters:\n    work_mem: "8192"\n', '']), FILE);
    if (database?.kind !== 'managed') throw new Error('There is no managed database.');
    const names = Object.keys(databaseParameters(database));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !isOwnedParameter(name))).toEqual([]);
  });

  it('that a replica must have as large as its primary cannot be set either', () => {
    const replicated = ['max_connections', 'max_worker_processes', 'max_wal_senders'];
    for (const name of [...replicated, 'max_prepared_transactions', 'max_locks_per_transaction']) {
      expect(isOwnedParameter(name)).toBe(true);
    }
    expect(isOwnedParameter('work_mem')).toBe(false);
  });
});

describe('a misspelt word', () => {
  const words = ['environment', 'health', 'ports', 'routes', 'replicas', 'requestTimeoutSeconds'];
  it.each([
    ['prots', 'ports'],
    ['env', 'environment'],
    ['healthcheck', 'health'],
    ['replica', 'replicas'],
    ['request_timeout_seconds', 'requestTimeoutSeconds'],
    ['Routes', 'routes'],
  ])('%s means %s', (word, meant) => {
    expect(likelyMeaning(word, words)).toBe(meant);
  });

  it('means nothing when nothing is near', () => {
    expect(likelyMeaning('colour', words)).toBeUndefined();
    expect(likelyMeaning('x', [])).toBeUndefined();
  });

  it('is offered with its alternatives as a person would list them', () => {
    expect(oneOf(['a'])).toBe('a');
    expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
  });
});

describe('an address block', () => {
  it('begins at its first address', () => {
    expect(parseCidr('10.1.5.0/16')).toEqual({
      first: 167_837_696,
      last: 167_903_231,
      normal: '10.1.0.0/16',
    });
    expect(parseCidr('255.255.255.255/32')?.last).toBe(2 ** 32 - 1);
    expect(parseCidr('1.2.3.4/0')?.normal).toBe('0.0.0.0/0');
  });

  it.each(['10.0.0.256/16', '10.0.0/16', '10.0.0.0/33', '10.0.0.0', '10.0..0/8'])('is none: %s', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it.each([
    ['10.0.0.0/16', '10.0.255.0/24', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['10.0.0.0/15', '10.1.0.0/16', true],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    const [left, right] = [parseCidr(a), parseCidr(b)];
    expect(left && right && overlap(left, right)).toBe(expected);
    expect(left && right && overlap(right, left)).toBe(expected);
  });
});

describe('reserved variables', () => {
  it('are those of Holdfast, of the data and of the buckets and queues that exist', () => {
    expect(bucketVariable('user-uploads')).toBe('BUCKET_USER_UPLOADS');
    const reserved = (names: string[]) => names.map((name) => isReservedVariable(name, ['a'], ['q-1']));
    expect(reserved(['HOLDFAST_X', 'DATABASE_READ_HOST', 'BUCKET_A', 'QUEUE_Q_1_URL'])).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(reserved(['BUCKET_B', 'DATABASE_USER', 'holdfast', 'QUEUE_Q_2_HOST'])).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
