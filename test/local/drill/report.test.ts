import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import type { DrillReport } from '../../../local/drill/model';
import { renderPage } from '../../../local/drill/report/page';
import { bins } from '../../../local/drill/report/requests';
import { segments } from '../../../local/drill/report/timeline';
import { makeFolders, writeReport } from '../../../local/drill/report/write';
import { regionLoss as scenario } from '../../../local/drill/scenarios/region-loss';
import { makeTerminal } from '../../../local/drill/terminal';
import { BEGAN, failed, look, REPLICA, regionLoss, write } from './evidence';
import { sampleReport } from './report-sample';

/** With which the commands of a terminal begin. */
const ESCAPE = '\u001b';

const broken: Partial<DrillReport> = {
  verdict: 'failed',
  expectations: [{ name: 'No two regions <wrote>', held: false, found: '3 & more of "160"' }],
};

describe('the page of a report', () => {
  const page = renderPage(sampleReport());

  it.each([
    'What happened',
    'What users got',
    'Every acknowledged write',
    'What was expected',
    'What was said',
    'How it was made',
    'What stood in for what',
  ])('has a part: %s', (heading) => {
    expect(page).toContain(`<h2>${heading}</h2>`);
  });

  it('needs nothing from elsewhere and runs nothing', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|<script|<link|@import|url\(|src=/i);
  });

  it('shows when the trouble began and when writes were taken again', () => {
    expect(page).toContain('class="mark trouble"');
    expect(page).toContain('class="mark writable"');
    expect(page).toContain('class="mark client"');
  });

  it('shows the time of the writes that are missing', () => {
    const [, x = 0, width = 0] = /class="band missing" x="([\d.]+)" y="0" width="([\d.]+)"/.exec(page) ?? [];
    const [, trouble = 0] = /class="mark trouble" x1="([\d.]+)"/.exec(page) ?? [];
    expect(Number(x) + Number(width)).toBeCloseTo(Number(trouble), 0);
  });

  it('shows how the leases ran out and were renewed, and nothing where there was none', () => {
    const leased = (atMs: number, leaseSeconds: number) =>
      look(atMs, { databases: { home: { role: 'primary', open: true, leaseSeconds }, standby: REPLICA } });
    const text = renderPage(sampleReport({ samples: [leased(0, 15), leased(5_000, 10), leased(5_250, 15)] }));
    expect(/class="line home" d="(M[^"]*)"/.exec(text)?.[1]?.match(/[ML]/g)).toEqual(['M', 'L', 'L']);
    expect(text).toContain('class="line standby" d=""');
  });

  it('names the first twenty that are missing, and how many there are', () => {
    const missing = Array.from({ length: 30 }, (_, i) => ({
      id: `w${i}!`,
      atMs: BEGAN,
      became: 'lost' as const,
    }));
    const text = renderPage(sampleReport({ account: { ...sampleReport().account, missing } }));
    expect([text.includes('w19!'), text.includes('w20!')]).toEqual([true, false]);
    expect(text).toContain('Missing, the first 20 of 30');
  });

  it('tells with which versions it was made', () => {
    expect(page).toContain('<td>PostgreSQL</td><td>17.10</td>');
  });

  it('tells the figures and each group of writes', () => {
    for (const text of ['40.0 s', '0 + 1', '1 of 161', 'lost and listed', 'a99 (lost)'])
      expect(page).toContain(text);
  });

  it('tells the sentences with their time from the trouble on', () => {
    expect(page).toMatch(/24\.0 s<\/td><td[^>]*>agent-standby<\/td><td>us-west-2 claims epoch 2\./);
  });

  it('holds text that looks like HTML as text', () => {
    const text = renderPage(
      sampleReport({
        ...broken,
        platform: '<b>shop</b>',
        says: '<img src=x>',
        settings: { '<i>': '"><i>' },
        journal: [{ atMs: BEGAN, who: 'drill', sentence: '</table><script>alert(1)</script>' }],
      }),
    );
    expect(text).not.toMatch(/<script|<b>shop|<img|"><i>/);
    expect(text).toContain('No two regions &lt;wrote&gt;');
  });

  it('closes what it opens', () => {
    for (const tag of ['table', 'tr', 'td', 'div', 'figure', 'svg', 'g', 'p', 'ul', 'li', 'main']) {
      const count = (pattern: string) => page.match(new RegExp(pattern, 'g'))?.length ?? 0;
      expect([tag, count(`<${tag}[ >]`)]).toEqual([tag, count(`</${tag}>`)]);
    }
  });

  it('names what is broken', () => {
    const text = renderPage(sampleReport(broken));
    expect(text).toContain('<td class="broken">BROKEN</td>');
    expect(text).toContain('ops-center FAILED region-loss: No two regions &lt;wrote&gt;.');
  });

  it('can be made of a drill that saw nothing', () => {
    const { troubleMs, writableMs, ...rest } = sampleReport({ samples: [], requests: [], journal: [] });
    expect(renderPage(rest)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('stays below a megabyte', () => {
    const { requests } = regionLoss();
    const many = Array.from({ length: 60 }, () => requests).flat();
    expect(renderPage(sampleReport({ requests: many })).length).toBeLessThan(1_000_000);
  });
});

describe('what the pictures are drawn from', () => {
  it('is one bar for as long as a state lasts', () => {
    const samples = [look(0), look(500), look(1_000, { dns: 'standby' })];
    const at = (one: (typeof samples)[number]) => ({ kind: one.dns ?? 'none', words: one.dns ?? '' });
    expect(
      segments(samples, at, BEGAN + 2_000).map((one) => [one.kind, one.fromMs - BEGAN, one.untilMs - BEGAN]),
    ).toEqual([
      ['home', 0, 1_000],
      ['standby', 1_000, 2_000],
    ]);
  });

  it('is the requests of each half second by who answered', () => {
    const [first, second, ...more] = bins(
      [write('a', 0), write('b', 100, { by: 'standby', side: 'standby' }), failed('c', 600)],
      BEGAN,
      BEGAN + 1_000,
    );
    expect([first?.home, first?.standby, first?.failed, first?.p50]).toEqual([1, 1, 0, 10]);
    expect([second?.failed, second?.p95, more]).toEqual([1, undefined, []]);
  });
});

describe('the files of a report', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are the page and, if wanted, the same as JSON', () => {
    const report = sampleReport();
    const files = writeReport(report, {
      report: join(folder, 'r.html'),
      json: join(folder, 'r.json'),
      scenarios: [1],
    });
    expect(files.map((one) => basename(one))).toEqual(['r.html', 'r.json']);
    expect(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(report)),
    );
  });

  it('have folders before anything is played', () => {
    const places = { report: join(folder, 'out', 'r.html'), json: join(folder, 'deep', 'er', 'r.json') };
    makeFolders(places);
    expect(writeReport(sampleReport(), { ...places, scenarios: [1] })).toHaveLength(2);
  });

  it('carry the name of their scenario if there are several', () => {
    const [page] = writeReport(sampleReport(), { report: join(folder, 'r.html'), scenarios: [1, 2] });
    expect(basename(page ?? '')).toBe('r-region-loss.html');
  });
});

describe('the terminal', () => {
  const platform = loadPlatform('ops-center', { root: resolve(__dirname, '../../..') });
  function shown(isTTY: boolean, report = sampleReport()): string {
    const parts: string[] = [];
    const out = { isTTY, columns: 60, write: (part: string) => void parts.push(part) };
    const terminal = makeTerminal(platform, out);
    terminal.begin(scenario);
    terminal.sample(look(0), [write('a', 0), failed('b', 0)]);
    terminal.entry({ atMs: BEGAN, who: 'agent-home', sentence: 'It claims.' });
    terminal.end(report, ['/tmp/r.html']);
    return parts.join('');
  }

  it('gets plain lines where it is none', () => {
    const text = shown(false);
    expect([text.includes('\r'), text.includes(ESCAPE)]).toEqual([false, false]);
    expect(text).toMatch(/ s {2}agent, home +It claims\.\n/);
    expect(text).toContain('Report: /tmp/r.html\n');
  });

  it('has one line that changes in place, no wider than it is', () => {
    const text = shown(true);
    const status =
      text.split(ESCAPE).flatMap((part) => / home leads epoch 1.*/.exec(part)?.[0] ?? [])[0] ?? '';
    expect(status.length).toBe(59);
    expect(text.split(`\r${ESCAPE}[2K`).length).toBeGreaterThan(2);
  });

  it('says in words what passed, and names what broke', () => {
    expect(shown(false)).toContain(
      'ops-center passed region-loss.\n160 writes were acknowledged: 159 are there, 0 salvaged, 1 lost and listed',
    );
    expect(shown(false, sampleReport(broken))).toContain(
      'ops-center FAILED region-loss: No two regions <wrote>.',
    );
  });
});
