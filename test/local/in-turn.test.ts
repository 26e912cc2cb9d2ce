import { describe, expect, it } from '@jest/globals';
import { inTurn } from '../../local/in-turn';

describe('work in turn', () => {
  it('does not overlap, and ends with what was so at the last call', async () => {
    let wanted = 0;
    let under = 0;
    const told: number[] = [];
    const tell = inTurn(async () => {
      const state = wanted;
      under += 1;
      expect(under).toBe(1);
      // The first takes longest: without turns it would be the last to arrive.
      await new Promise((done) => setTimeout(done, told.length === 0 ? 30 : 1));
      under -= 1;
      told.push(state);
    });
    wanted = 1;
    const first = tell();
    wanted = 2;
    const second = tell();
    await Promise.all([first, second]);
    expect(told).toHaveLength(2);
    expect(told.at(-1)).toBe(2);
  });

  it('tells a failure to whoever asked for that run, and goes on', async () => {
    let runs = 0;
    const tell = inTurn(async () => {
      runs += 1;
      if (runs === 1) throw new Error('refused');
    });
    const [first, second] = await Promise.allSettled([tell(), tell()]);
    expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
    expect(runs).toBe(2);
  });
});
