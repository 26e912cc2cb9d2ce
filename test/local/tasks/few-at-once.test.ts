import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { FewAtOnce } from '../../../local/tasks/few-at-once';

describe('what only a few may do at once', () => {
  it('is done by no more at a time, in the order in which they came', async () => {
    const few = new FewAtOnce(2);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const work = (number: number) => async (): Promise<number> => {
      begun.push(number);
      running += 1;
      most = Math.max(most, running);
      await wait(1);
      running -= 1;
      return number;
    };
    const done = await Promise.all([0, 1, 2, 3, 4, 5].map((number) => few.run(work(number))));
    expect({ most, begun, done }).toEqual({ most: 2, begun: [0, 1, 2, 3, 4, 5], done: [0, 1, 2, 3, 4, 5] });
  });

  it('is left to the next also by one that fails', async () => {
    const few = new FewAtOnce(1);
    const failing = few.run(() => Promise.reject(new Error('It failed.')));
    const next = few.run(async () => 'done');
    await expect(failing).rejects.toThrow('It failed.');
    await expect(next).resolves.toBe('done');
    await expect(few.run(async () => 'again')).resolves.toBe('again');
  });
});
