import { describe, expect, it } from '@jest/globals';
import { withoutArn } from '../../local/readback/fact';
import { type Report, render, renderTable } from '../../local/report';

const lines = (text: string): string[] => text.split('\n');
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin so
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

describe('a table of the report', () => {
  it('is aligned, without rules, with yes and no, and heads in words', () => {
    const rows = [
      { region: 'us-east-1', service: 'web', multiAz: true, count: 3 },
      { region: 'us-west-2', service: 'backend', multiAz: false, count: 1 },
    ];
    expect(lines(plain(renderTable(rows)))).toEqual([
      '  region     service  multi az  count',
      '  us-east-1  web      yes       3',
      '  us-west-2  backend  no        1',
    ]);
  });

  it('wraps its widest cells between words until it has less than 120 columns', () => {
    const sentence = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ');
    const text = plain(
      renderTable([{ name: 'a-name-without-any-space', first: sentence, second: sentence }]),
    );
    expect(lines(text).length).toBeGreaterThan(3);
    expect(Math.max(...lines(text).map((line) => line.length))).toBeLessThan(120);
    expect(text.match(/word\d+/g)).toHaveLength(60);
    expect(text).toContain('a-name-without-any-space');
  });

  it('keeps a word whole although the line becomes longer', () => {
    const word = 'x'.repeat(130);
    expect(renderTable([{ word, other: 'y' }])).toContain(word);
  });
});

describe('a name in the report', () => {
  it('has no ARN around it', () => {
    expect(withoutArn('arn:aws:rds:us-east-1:111122223333:db:shop')).toBe('shop in us-east-1');
    expect(withoutArn('shop')).toBe('shop');
  });
});

describe('the end of the report', () => {
  const report: Report = {
    name: 'deploy-local',
    machine: { cpu: 'any', cores: 2, memoryGib: 4, node: 'v20', platform: 'linux-x64' },
    platform: 'shop',
    regions: ['us-east-1'],
    stacks: [{ name: 'S', region: 'us-east-1', resources: 2 }],
    resources: { total: 2, verified: 2, customRan: 0, facts: {} },
    notVerified: { 'AWS::CDK::Metadata': 2 },
    seconds: { deploy: 1.25 },
    problems: [],
    verdict: 'ok',
  };

  it('says that all is there, and what nobody can look up', () => {
    const text = plain(render(report));
    expect(text).toContain('accepted, not verified: AWS::CDK::Metadata (2)');
    expect(lines(text).at(-1)).toMatch(/^ok: shop is deployed: 1 stacks in us-east-1; 2 resources: 2 found/);
  });

  it('names every problem before the verdict', () => {
    const text = plain(render({ ...report, problems: ['S: A is missing.'], verdict: 'failed' }));
    expect(lines(text).slice(-2)).toEqual([
      'missing: S: A is missing.',
      expect.stringMatching(/^failed: shop: 1 problems;/),
    ]);
  });
});
