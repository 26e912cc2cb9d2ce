import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BucketGone, DestinationNotReady, type Versioning } from '../../../lambda/bucket-replication/ports';
import { DestinationMissing, replication } from '../../../lambda/bucket-replication/replicate';
import {
  type Direction,
  equal,
  ForeignRole,
  type Replication,
  type Rule,
  rule,
  ruleId,
  withoutRule,
  withRule,
} from '../../../lambda/bucket-replication/rules';
import { resourceHost } from '../../support/resource-host';

const ROLE = 'arn:aws:iam::123456789012:role/shop-s3-replication-us-east-1';
const direction: Direction = {
  bucket: 'shop-files-here',
  destination: 'shop-files-there',
  destinationRegion: 'us-west-2',
  role: ROLE,
  replicaKey: 'arn:aws:kms:us-west-2:123456789012:alias/shop-data',
};
const foreign: Rule = { ID: 'audit', Priority: 1, Status: 'Enabled', Filter: { Prefix: 'audit/' } };

interface World {
  /** Undefined: no replication; `gone`: no bucket. */
  present: Replication | undefined | 'gone';
  /** Answers in turn, the last one for ever. */
  versioning: readonly Versioning[];
  /** How often S3 still refuses the destination. */
  refusals: number;
  /** How often AWS still refuses the function itself. */
  forbidden: number;
}

function scene(overrides: Partial<World> = {}, seconds = 890) {
  const world: World = { present: undefined, versioning: ['on'], refusals: 0, forbidden: 0, ...overrides };
  const writes: (Replication | 'cleared')[] = [];
  let looks = 0;
  const authorize = (): void => {
    world.forbidden -= 1;
    if (world.forbidden >= 0) throw Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
  };
  const host = resourceHost(seconds);
  const resource = replication({
    source: ({ bucket, destination }) => ({
      async read() {
        authorize();
        if (world.present === 'gone') throw new BucketGone(bucket);
        return world.present;
      },
      async write(next) {
        authorize();
        if (world.refusals > 0) {
          world.refusals -= 1;
          throw new DestinationNotReady(destination);
        }
        writes.push(next);
        world.present = next;
      },
      async clear() {
        writes.push('cleared');
        world.present = undefined;
      },
    }),
    destination: () => ({
      async versioning() {
        authorize();
        looks += 1;
        return world.versioning[Math.min(looks, world.versioning.length) - 1] ?? 'on';
      },
    }),
  });
  const begun = host.clock.now();
  return {
    world,
    writes,
    elapsed: () => (host.clock.now() - begun) / 1000,
    create: () => host.clock.run(resource.create(direction, host)),
    remove: () => host.clock.run(resource.delete(direction, host)),
  };
}

describe('the replication rule', () => {
  it('copies everything within fifteen minutes, deletions and what KMS encrypts included', () => {
    expect(rule(direction, 1)).toMatchObject({
      ID: 'holdfast-shop-files-there',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Enabled' },
      SourceSelectionCriteria: {
        SseKmsEncryptedObjects: { Status: 'Enabled' },
        ReplicaModifications: { Status: 'Enabled' },
      },
      Destination: {
        Bucket: 'arn:aws:s3:::shop-files-there',
        EncryptionConfiguration: { ReplicaKmsKeyID: direction.replicaKey },
        ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
        Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
      },
    });
  });

  const rules = fc.uniqueArray(
    fc.record({
      ID: fc.string({ minLength: 1 }),
      Priority: fc.integer({ min: 1, max: 8 }),
      Status: fc.constant('Enabled'),
    }),
    { selector: ({ ID }) => ID, maxLength: 6 },
  );
  const strangers = rules.filter((list) => list.every(({ ID }) => !ID.startsWith('holdfast-')));

  it('is merged without touching any foreign rule, once, with a priority of its own', () => {
    fc.assert(
      fc.property(strangers, (list) => {
        const merged = withRule({ role: ROLE, rules: list }, direction);
        expect(merged.rules.filter(({ ID }) => ID !== ruleId(direction.destination))).toEqual(list);
        const own = merged.rules.filter(({ ID }) => ID === ruleId(direction.destination));
        expect(own).toHaveLength(1);
        expect(list.map(({ Priority }) => Priority)).not.toContain(own[0]?.Priority);
        expect(withRule(merged, direction)).toEqual(merged);
        const rest = withoutRule(merged, direction.destination);
        expect(rest).toEqual(list.length === 0 ? undefined : { role: ROLE, rules: list });
      }),
    );
  });

  it('is not put beside foreign rules that need another role', () => {
    const present = { role: 'arn:aws:iam::123456789012:role/other', rules: [foreign] };
    expect(() => withRule(present, direction)).toThrow(ForeignRole);
    expect(() => withRule(present, direction)).toThrow('A bucket has one role for all its rules');
  });

  it('replaces the role where all rules are its own', () => {
    const old = withRule(undefined, { ...direction, role: 'arn:old', destination: 'shop-files-elsewhere' });
    expect(withRule(old, direction).role).toBe(ROLE);
  });
});

describe('equality of two replications', () => {
  it('ignores the order of fields and those that are undefined, and nothing else', () => {
    expect(equal({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2], d: undefined }, a: 1 })).toBe(true);
    expect(equal({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(equal({ a: 1 }, { a: 1, b: 1 })).toBe(false);
    expect(equal(undefined, { a: 1 })).toBe(false);
  });
});

describe('the replication of a bucket', () => {
  it('is put in place at once where both sides are there', async () => {
    const now = scene();
    await expect(now.create()).resolves.toEqual({
      sentence: 'shop-files-here now replicates to shop-files-there.',
    });
    expect(now.writes).toEqual([{ role: ROLE, rules: [rule(direction, 1)] }]);
    expect(now.elapsed()).toBe(0);
  });

  it('is written once, however often it is asked for', async () => {
    const twice = scene();
    await twice.create();
    await twice.create();
    expect(twice.writes).toHaveLength(1);
  });

  it('waits for the other bucket and its versioning', async () => {
    const early = scene({ versioning: ['no-bucket', 'no-bucket', 'off', 'on'] });
    await early.create();
    expect(early.elapsed()).toBe(15);
  });

  it('waits while S3 does not believe in the destination yet', async () => {
    const slow = scene({ refusals: 2 });
    await slow.create();
    expect(slow.writes).toHaveLength(1);
    expect(slow.elapsed()).toBe(10);
  });

  it('fails after five minutes with what is missing and what to deploy', async () => {
    const never = scene({ versioning: ['no-bucket'] });
    const failure = never.create();
    await expect(failure).rejects.toThrow(DestinationMissing);
    await expect(failure).rejects.toThrow(
      'The objects of shop-files-here cannot be replicated yet: there is no bucket shop-files-there in us-west-2. ' +
        'Deploy the Foundation stack of us-west-2, which makes it, and then this one again.',
    );
    expect(never.elapsed()).toBe(300);
    await expect(scene({ versioning: ['off'] }).create()).rejects.toThrow('has no versioning');
    await expect(scene({ refusals: 1_000 }).create()).rejects.toThrow('S3 does not accept shop-files-there');
  });

  it('fails before the time of the function ends', async () => {
    const short = scene({ versioning: ['no-bucket'] }, 40);
    await expect(short.create()).rejects.toThrow(DestinationMissing);
    expect(short.elapsed()).toBe(35);
  });

  it('fails at once if the source is not there', async () => {
    const lost = scene({ present: 'gone' });
    await expect(lost.create()).rejects.toThrow(BucketGone);
    expect(lost.elapsed()).toBe(0);
  });

  it('waits while the changed policy of the function is not in force yet', async () => {
    const fresh = scene({ forbidden: 7 });
    await fresh.create();
    expect(fresh.writes).toHaveLength(1);
    expect(fresh.elapsed()).toBe(35);
    const leaving = scene({ forbidden: 2, present: withRule(undefined, direction) });
    await leaving.remove();
    expect(leaving.writes).toEqual(['cleared']);
  });

  it('fails after 90 s of being refused with the action that is denied', async () => {
    const denied = scene({ forbidden: 1_000 });
    await expect(denied.create()).rejects.toThrow(
      'The role of this function may not do s3:GetBucketVersioning: AWS refused it for 90 s.',
    );
    expect(denied.elapsed()).toBe(90);
    expect(denied.writes).toEqual([]);
  });

  it('ends with the whole configuration where the rule is the only one', async () => {
    const alone = scene({ present: withRule(undefined, direction) });
    await alone.remove();
    expect(alone.writes).toEqual(['cleared']);
  });

  it('ends without touching foreign rules', async () => {
    const shared = scene({ present: withRule({ role: ROLE, rules: [foreign] }, direction) });
    await shared.remove();
    expect(shared.writes).toEqual([{ role: ROLE, rules: [foreign] }]);
  });

  it('has nothing to end where it is not there, nor where the bucket is gone', async () => {
    for (const present of [undefined, 'gone', { role: ROLE, rules: [foreign] }] as const) {
      const none = scene({ present });
      await none.remove();
      expect(none.writes).toEqual([]);
    }
  });
});
