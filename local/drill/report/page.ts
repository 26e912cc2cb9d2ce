import { html } from '../../../lib/drill/report/html';
import { page, type Section, type Tile } from '../../../lib/drill/report/page';
import type { Account, DrillReport } from '../model';
import { verdictOf } from '../terminal';
import { leases } from './leases';
import { latencies, requestCounts } from './requests';
import { timeline } from './timeline';

/** Missing writes that are named; the JSON names all. */
const EXAMPLES = 20;

/** @returns a drill's report as one page of HTML that needs nothing else */
export function renderPage(report: DrillReport): string {
  const { machine, factor, settings, versions } = report;
  return page(report, {
    about: `pace ${report.pace}`,
    tiles: tiles(report),
    sections: sections(report),
    zeroMs: report.troubleMs ?? report.beganMs,
    summary: verdictOf(report),
    made: {
      'Timings divided by': String(factor),
      ...settings,
      Machine: `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, ${machine.platform}`,
      ...versions,
    },
    limits: {
      heading: 'What stood in for what',
      sentences: report.standIns,
      remark:
        'Only AWS can show how long a promotion takes there, whether its health checks agree, and that its regions fail apart.',
    },
  });
}

const sections = (report: DrillReport): readonly Section[] => [
  {
    heading: 'What happened',
    body: `<figure>${timeline(report)}<figcaption>${legend()}</figcaption></figure>
<p></p>
<figure>${leases(report)}<figcaption>Seconds until the lease runs out:<i class="key" style="background:var(--home)"></i>of the database in home<i class="key" style="background:var(--standby)"></i>in standby. At 0 it takes no writes.</figcaption></figure>`,
  },
  {
    heading: 'What users got',
    body: `<figure>${requestCounts(report)}<figcaption>Requests by when they were answered: <i class="key bar home" style="background:var(--home)"></i>by home<i class="key" style="background:var(--standby)"></i>by standby<i class="key" style="background:var(--bad)"></i>failed</figcaption></figure>
<p></p>
<figure>${latencies(report)}<figcaption>Time to a good answer:<i class="key" style="background:var(--home)"></i>half of them faster<i class="key" style="background:var(--standby)"></i>95 % faster</figcaption></figure>`,
  },
  { heading: 'Every acknowledged write', body: account(report.account) },
];

function tiles({ figures, account: { unexplained, doubled, lost, salvaged } }: DrillReport): readonly Tile[] {
  const seconds = (value: number | undefined): string =>
    value === undefined ? 'none' : `${value.toFixed(1)} s`;
  return [
    ...(figures.rtoSeconds === undefined
      ? []
      : [{ value: seconds(figures.rtoSeconds), what: 'RTO: until a client wrote again' }]),
    ...(figures.rpoSeconds === undefined
      ? []
      : [{ value: seconds(figures.rpoSeconds), what: 'RPO: time from which writes are missing' }]),
    { value: seconds(figures.longestGapSeconds), what: 'longest time without a write' },
    { value: `${salvaged} + ${lost}`, what: 'writes salvaged + listed as lost' },
    { value: String(unexplained), what: 'writes unexplained', isBad: unexplained > 0 },
    { value: String(doubled), what: 'writes taken by two sides', isBad: doubled > 0 },
    {
      value: `${figures.failedAfterRetry} of ${figures.requests}`,
      what: `requests failed twice; ${figures.failed} once`,
    },
  ];
}

const KEYS = [
  ['home', 'home'],
  ['standby', 'standby'],
  ['moving', 'on the move'],
  ['replica', 'replica'],
  ['closed', 'closed'],
  ['lost', 'gone'],
] as const;
const legend = (): string =>
  `${KEYS.map(([kind, words]) => `<i class="key" style="background:var(--${kind})"></i>${words}`).join('')} · dashed red: the trouble begins; dashed green: a database is writable again; dashed violet: the first write of a client there; red band: acknowledged writes of this time are missing`;

function account(found: Account): string {
  const parts = [
    ['present', 'present', found.present, 'in the database that leads'],
    [
      'salvaged',
      'salvaged',
      found.salvaged,
      'not there, but in the archive: salvage lists them with their rows',
    ],
    ['gone', 'lost and listed', found.lost, 'in neither; within the interval that salvage names'],
    ['unexplained', 'unexplained', found.unexplained, 'in neither and nowhere named'],
  ] as const;
  const bar = parts
    .map(([kind, , count]) => (count > 0 ? `<i class="${kind}" style="flex:${count}"></i>` : ''))
    .join('');
  const rows = parts.map(
    ([kind, name, count, means]) =>
      `<tr><td><i class="key ${kind}" style="margin-left:0"></i>${name}</td><td class="number">${count}</td><td class="dim">${means}</td></tr>`,
  );
  const examples = found.missing
    .slice(0, EXAMPLES)
    .map(({ id, became }) => `${html(id)} (${became})`)
    .join(', ');
  return `<div class="account">${bar}</div><table><tr><td>acknowledged</td><td class="number">${found.acknowledged}</td><td class="dim">writes that a client was told had been taken</td></tr>${rows.join('')}</table>${examples === '' ? '' : `<p class="dim">Missing${found.missing.length > EXAMPLES ? `, the first ${EXAMPLES} of ${found.missing.length}` : ''}: ${examples}</p>`}`;
}
