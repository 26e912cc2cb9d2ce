import { describe, expect, it } from '@jest/globals';
import {
  forEach,
  PartlyFailed,
  RequestFailed,
  refusedWith,
  sender,
  Throttled,
} from '../../../../lambda/region-agent/aws/request';
import { sentenceOf, TimedOut } from '../../../../lambda/runtime/errors';
import { FakeClock } from '../../../support/fake-clock';

const named = (name: string, message: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

describe('a request', () => {
  const refused = (error: Error) =>
    new FakeClock().run(sender(new FakeClock())('Asking', () => Promise.reject(error)));

  it('gives what AWS answers', async () => {
    await expect(sender(new FakeClock())('Asking', async () => 'answer')).resolves.toBe('answer');
  });

  it('that is refused says in one sentence what was asked, and why not', async () => {
    const error = named('InvalidDBInstanceStateFault', 'The instance is rebooting.');
    await expect(refused(error)).rejects.toThrow(RequestFailed);
    const sentence = await refused(error).catch(sentenceOf);
    expect(sentence).toBe('Asking failed: InvalidDBInstanceStateFault: The instance is rebooting.');
    await expect(refused(error)).rejects.toMatchObject({ code: 'InvalidDBInstanceState', cause: error });
  });

  it.each([
    named('Throttling', 'Rate exceeded'),
    named('ThrottlingException', 'Rate exceeded'),
    named('RequestLimitExceeded', 'Rate exceeded', 503),
    named('UnknownError', 'Slow down', 429),
  ])('that is throttled is told apart: %s', async (error) => {
    await expect(refused(error)).rejects.toThrow(Throttled);
    await expect(refused(error)).rejects.toThrow('Asking was throttled by AWS');
  });

  it('that gets no answer is given up after 3 s, and told to stop', async () => {
    const clock = new FakeClock();
    let stopped: AbortSignal | undefined;
    const asking = sender(clock)('Asking', (signal) => {
      stopped = signal;
      return new Promise(() => undefined);
    });
    const ended = expect(asking).rejects.toThrow(new TimedOut('Asking', 3_000).message);
    await clock.advance(2_999);
    expect(stopped?.aborted).toBe(false);
    await clock.advance(1);
    await ended;
    expect(stopped?.aborted).toBe(true);
  });

  it('that got no answer was not refused', () => {
    expect(refusedWith(new TimedOut('Asking', 3_000), '')).toBe(false);
    expect(refusedWith(new RequestFailed('Asking', named('NotFoundFault', '')), 'NotFound')).toBe(true);
  });
});

describe('work on several things', () => {
  it('goes on when one fails, and names at the end all that failed', async () => {
    const done: number[] = [];
    const work = forEach(
      'Trying',
      [1, 2, 3, 4],
      (item) => `thing ${item}`,
      async (item) => {
        if (item % 2 === 0) throw new Error(`No ${item}.`);
        done.push(item);
      },
    );
    await expect(work).rejects.toThrow(PartlyFailed);
    await expect(work).rejects.toThrow('Trying failed for 2 of 4. thing 2: No 2. thing 4: No 4.');
    expect(done).toEqual([1, 3]);
  });

  it('on nothing has succeeded', async () => {
    await expect(forEach('Trying', [], String, async () => undefined)).resolves.toBeUndefined();
  });
});
