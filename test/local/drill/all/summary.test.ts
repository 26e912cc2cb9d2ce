import { describe, expect, it } from '@jest/globals';
import { allPassed, type Played, summary } from '../../../../local/drill/all/summary';
import { sampleReport } from '../report-sample';

const passed: Played = { platform: 'ops-center', scenario: 'region-loss', report: sampleReport() };
const failed: Played = {
  platform: 'prodstack',
  scenario: 'region-loss',
  report: sampleReport({
    platform: 'prodstack',
    verdict: 'failed',
    expectations: [{ name: 'No job was committed twice', held: false, found: '1 of them twice' }],
  }),
};
const absent: Played = { platform: 'jackcwf', scenario: 'region-loss' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin so
const plain = (played: readonly Played[]): string => summary(played).replace(/\u001b\[\d+m/g, '');

describe('the summary of several drills', () => {
  it('has a row for each, with the times and what became of the writes', () => {
    const report = sampleReport();
    const [, row = ''] = plain([passed]).split('\n');
    expect(row).toMatch(/ops-center +region-loss +passed/);
    expect(row).toContain(`${report.figures.rtoSeconds?.toFixed(1)} s`);
    expect(row).toContain(` ${report.account.acknowledged} `);
    expect(
      Math.max(
        ...plain([failed, absent])
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(120);
    expect(plain([passed]).split('\n').at(-1)).toBe('ok: 1 of 1 drills passed.');
  });

  it('names what was broken, and what was not played', () => {
    const text = plain([passed, failed, absent]);
    expect(text).toMatch(/jackcwf +region-loss +NOT PLAYED/);
    expect(text).toContain('prodstack FAILED region-loss: No job was committed twice.');
    expect(text).toContain('jackcwf was not drilled by region-loss: see above why.');
    expect(text.split('\n').at(-1)).toBe('failed: 2 of 3 drills did not pass.');
  });

  it.each([
    ['every drill passed', [passed, passed], true],
    ['one failed', [passed, failed], false],
    ['one was not played', [passed, absent], false],
    ['there was none', [], false],
  ])('says that all passed only so: %s', (_, played, expected) => {
    expect(allPassed(played)).toBe(expected);
  });
});
