import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem, write } from '../../../bin/drill/page-file';
import { type AwsReport, renderPage } from '../../../bin/drill/report';
import { judged } from '../../../lib/drill/verdict';
import { account, drilled } from './support';

let report: AwsReport;
let page: string;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-drill-'));

beforeAll(async () => {
  const made = (await drilled(account(), { request: { switchover: true, agreed: true } })).report;
  if (!made) throw new Error('The drill has made no report.');
  report = made;
  page = renderPage(report);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the page of a drill in an account', () => {
  it('tells the figures first', () => {
    for (const [value, what] of [
      ['75 s', 'P: time of a promotion'],
      ['180 s', 'writable again: 105 s and P'],
      ['35 min', 'RTO of a restore with top-up'],
      ['42 s', 'RPO of a restore with top-up'],
      ['40 s', 'at most without writes, moving back'],
    ])
      expect(page).toContain(`<b>${value}</b><span>${what}</span>`);
  });

  it('draws the replica, the restore and who led, and says what it does not show', () => {
    for (const text of [
      'Replica in us-west-2: rebooting, for 45.0 s',
      'Restore: comparing',
      'Who leads: us-west-2, for',
      'What this drill does not show',
      'rds:PromoteReadReplica in us-west-2',
    ])
      expect(page).toContain(text);
  });

  it('needs nothing from elsewhere, and has no hole in it', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|<script|<link|@import|url\(|src=/i);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('names what is broken', () => {
    const text = renderPage({
      ...report,
      ...judged([{ name: 'Nothing <is> left', held: false, found: 'it may be left' }]),
    });
    expect(text).toContain('demo FAILED aws: Nothing &lt;is&gt; left.');
    expect(text).toContain('<span class="verdict failed">failed</span>');
  });

  it('is the same for programs, as JSON', async () => {
    const { out } = await drilled(account(), { json: true });
    expect(JSON.parse(out)).toMatchObject({
      platform: 'demo',
      command: 'drill',
      outcome: 'done',
      result: { name: 'drill', scenario: 'aws', verdict: 'passed', figures: { promotionSeconds: 75 } },
    });
  });
});

describe('a verdict', () => {
  it('is a failure without any expectation', () => {
    expect(judged([])).toEqual({ expectations: [], verdict: 'failed', verdictSays: [] });
  });
});

describe('the file of a report', () => {
  it('is asked for before, and written at the end', () => {
    const file = join(folder, 'drill.html');
    expect(problem(file)).toBeUndefined();
    expect(write(file, report)).toBe(`Report: ${file}`);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it('that cannot be written is told, and loses no result', () => {
    expect(problem(folder)).toContain('is a folder');
    expect(problem(join(folder, 'none', 'drill.html'))).toContain('cannot be written to');
    expect(write(join(folder, 'none', 'drill.html'), report)).toContain('could not be written');
  });
});
