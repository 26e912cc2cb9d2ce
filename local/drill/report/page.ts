import type { Account, DrillReport, JournalEntry } from '../model';
import { verdictOf } from '../terminal';
import { html } from './html';
import { latencies, requestCounts } from './requests';
import { STYLE } from './style';
import { timeline } from './timeline';

/** @returns a drill's report as one page of HTML that needs nothing else */
export function renderPage(report: DrillReport): string {
  const { platform, scenario, says, verdict } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${html(`${platform}: ${scenario}, ${verdict}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="dim">Holdfast drill · ${html(new Date(report.beganMs).toISOString().slice(0, 16).replace('T', ' '))} UTC · pace ${html(report.pace)}</p>
<h1>${html(platform)}: ${html(scenario)} <span class="verdict ${verdict}">${verdict}</span></h1>
<p>${html(says)}</p>
${tiles(report)}
<h2>What happened</h2>
<figure>${timeline(report)}<figcaption>${legend()}</figcaption></figure>
<h2>What users got</h2>
<figure>${requestCounts(report)}<figcaption>Requests by when they were answered: <i class="key bar home" style="background:var(--home)"></i>by home<i class="key" style="background:var(--standby)"></i>by standby<i class="key" style="background:var(--bad)"></i>failed</figcaption></figure>
<p></p>
<figure>${latencies(report)}<figcaption>Time to a good answer:<i class="key" style="background:var(--home)"></i>half of them faster<i class="key" style="background:var(--standby)"></i>95 % faster</figcaption></figure>
<h2>Every acknowledged write</h2>
${account(report.account)}
<h2>What was expected</h2>
${expectations(report)}
<h2>What was said</h2>
<div class="scroll">${journal(report.journal, report.troubleMs ?? report.beganMs)}</div>
<h2>How it was made</h2>
${made(report)}
</main>
</body>
</html>
`;
}

function tiles({ figures, account: { unexplained, doubled, lost, salvaged } }: DrillReport): string {
  const tile = (value: string, what: string, isBad = false): string =>
    `<div class="tile${isBad ? ' bad' : ''}"><b>${html(value)}</b><span>${html(what)}</span></div>`;
  const seconds = (value: number | undefined): string =>
    value === undefined ? 'none' : `${value.toFixed(1)} s`;
  return `<div class="tiles">${[
    ...(figures.rtoSeconds === undefined
      ? []
      : [tile(seconds(figures.rtoSeconds), 'RTO: until a client wrote again')]),
    ...(figures.rpoSeconds === undefined
      ? []
      : [tile(seconds(figures.rpoSeconds), 'RPO: time from which writes are missing')]),
    tile(seconds(figures.longestGapSeconds), 'longest time without a write'),
    tile(`${salvaged} + ${lost}`, 'writes salvaged + listed as lost'),
    tile(String(unexplained), 'writes unexplained', unexplained > 0),
    tile(String(doubled), 'writes taken by two sides', doubled > 0),
    tile(
      `${figures.failedAfterRetry} of ${figures.requests}`,
      `requests failed twice; ${figures.failed} once`,
    ),
  ].join('')}</div>`;
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
  `${KEYS.map(([kind, words]) => `<i class="key" style="background:var(--${kind})"></i>${words}`).join('')} · dashed red: the trouble begins; dashed green: writable again`;

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
  const examples = found.examples.map(({ id, became }) => `${html(id)} (${became})`).join(', ');
  return `<div class="account">${bar}</div><table><tr><td>acknowledged</td><td class="number">${found.acknowledged}</td><td class="dim">writes that a client was told had been taken</td></tr>${rows.join('')}</table>${examples === '' ? '' : `<p class="dim">Missing, the first of them: ${examples}</p>`}`;
}

const expectations = ({ expectations: all }: DrillReport): string =>
  `<table>${all
    .map(
      ({ name, held, found }) =>
        `<tr><td class="${held ? 'held' : 'broken'}">${held ? 'held' : 'BROKEN'}</td><td>${html(name)}<br><small>${html(found)}</small></td></tr>`,
    )
    .join('')}</table>`;

const journal = (entries: readonly JournalEntry[], zeroMs: number): string =>
  `<table>${entries
    .map(
      ({ atMs, who, sentence }) =>
        `<tr><td class="time">${((atMs - zeroMs) / 1000).toFixed(1)} s</td><td class="dim">${html(who)}</td><td>${html(sentence)}</td></tr>`,
    )
    .join('')}</table>`;

function made(report: DrillReport): string {
  const { settings, standIns, machine, regions, factor } = report;
  const rows = Object.entries({
    Regions: `home ${regions.home}, standby ${regions.standby}, witness ${regions.witness}`,
    'Timings divided by': String(factor),
    ...settings,
    Machine: `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, Node ${machine.node}, ${machine.platform}`,
  }).map(([name, value]) => `<tr><td>${html(name)}</td><td>${html(value)}</td></tr>`);
  return `<p>${verdictOf(report).map(html).join('<br>')}</p><table>${rows.join('')}</table><h2>What stood in for what</h2><ul>${standIns.map((one) => `<li>${html(one)}</li>`).join('')}</ul><p class="dim">Only AWS can show how long a promotion takes there, whether its health checks agree, and that its regions fail apart.</p>`;
}
