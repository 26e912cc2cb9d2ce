import { describe, expect, it } from '@jest/globals';
import { isRefusal, NotAllowed, untilAllowed } from '../../../lambda/runtime/permission';
import { resourceHost } from '../../support/resource-host';

const named = (name: string, message = 'no', more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const DETAILED =
  'User: arn:aws:sts::123456789012:assumed-role/Shop-Data-BucketRole/shop-bucket-replication is not authorized to ' +
  'perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/shop because no identity-based policy allows it';

function scene(refusals: number, error = named('AccessDenied', 'Access Denied'), seconds?: number) {
  const host = resourceHost(seconds);
  const begun = host.clock.now();
  let left = refusals;
  const work = async (): Promise<string> => {
    left -= 1;
    if (left >= 0) throw error;
    return 'done';
  };
  return {
    elapsed: () => (host.clock.now() - begun) / 1000,
    call: () => host.clock.run(untilAllowed(host)('s3:PutReplicationConfiguration', work)),
  };
}

describe('a call that AWS may refuse for a moment', () => {
  it('is made at once where it is allowed', async () => {
    const now = scene(0);
    await expect(now.call()).resolves.toBe('done');
    expect(now.elapsed()).toBe(0);
  });

  it('is made again until a changed policy is in force', async () => {
    const soon = scene(4);
    await expect(soon.call()).resolves.toBe('done');
    expect(soon.elapsed()).toBe(20);
  });

  it('fails after 90 s with the action, and with what AWS said', async () => {
    const never = scene(1_000);
    const failure = never.call();
    await expect(failure).rejects.toThrow(NotAllowed);
    await expect(failure).rejects.toThrow(
      'The role of this function may not do s3:PutReplicationConfiguration: AWS refused it for 90 s.',
    );
    expect(never.elapsed()).toBe(90);
  });

  it('names the action and the role that AWS names', async () => {
    await expect(scene(1_000, named('AccessDeniedException', DETAILED)).call()).rejects.toThrow(
      'The role Shop-Data-BucketRole may not do iam:PassRole: AWS refused it for 90 s.',
    );
  });

  it('fails before the time of the function ends', async () => {
    const short = scene(1_000, undefined, 32);
    await expect(short.call()).rejects.toThrow('AWS refused it for 25 s.');
    expect(short.elapsed()).toBe(25);
    await expect(scene(1_000, undefined, 3).call()).rejects.toThrow('AWS refused it.');
  });

  it('shares its patience with the calls before it', async () => {
    const host = resourceHost();
    const begun = host.clock.now();
    const allowed = untilAllowed(host);
    let refusals = 12;
    const first = async () => {
      refusals -= 1;
      if (refusals >= 0) throw named('AccessDenied');
    };
    const never = async () => {
      throw named('AccessDenied');
    };
    await host.clock.run(allowed('s3:GetReplicationConfiguration', first));
    await expect(host.clock.run(allowed('s3:PutReplicationConfiguration', never))).rejects.toThrow(
      NotAllowed,
    );
    expect(host.clock.now() - begun).toBe(90_000);
  });

  it('fails at once with every other error', async () => {
    const broken = scene(1, named('NoSuchBucket', 'gone'));
    await expect(broken.call()).rejects.toThrow('gone');
    expect(broken.elapsed()).toBe(0);
  });

  it.each([
    [named('AccessDenied'), true],
    [named('AccessDeniedException'), true],
    [named('UnknownError', '', { $metadata: { httpStatusCode: 403 } }), true],
    [new Error('outer', { cause: named('AccessDenied') }), true],
    [named('NoSuchBucket', '', { $metadata: { httpStatusCode: 404 } }), false],
    ['AccessDenied', false],
  ])('knows a refusal: %s is one: %s', (error, refusal) => {
    expect(isRefusal(error)).toBe(refusal);
  });
});
