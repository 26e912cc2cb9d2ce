import type { Entry, Expectation, Report } from '../model';
import { html } from './html';
import { STYLE } from './style';

/** A figure that is seen first. */
export interface Tile {
  readonly value: string;
  readonly what: string;
  /** Whether it is what it must not be. */
  readonly isBad?: boolean;
}

/** A part of the page between the figures and what was expected. */
export interface Section {
  readonly heading: string;
  /** HTML, with every text in it escaped. */
  readonly body: string;
}

/** What is shown of a report beside what every report has. */
export interface PageParts {
  /** At the end of the first line: how the drill was held. */
  readonly about: string;
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
  /** Time that counts as zero for what was said. */
  readonly zeroMs: number;
  /** The verdict in words. */
  readonly summary: readonly string[];
  /** How it was made: names with their values. */
  readonly made: Readonly<Record<string, string>>;
  /** What the drill does not show, or shows of something else. */
  readonly limits: {
    readonly heading: string;
    readonly sentences: readonly string[];
    readonly remark: string;
  };
}

/** @returns a drill's report as one page of HTML that needs nothing else */
export function page(report: Report, parts: PageParts): string {
  const { platform, scenario, says, verdict } = report;
  const { about, tiles, sections, zeroMs } = parts;
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
<p class="dim">Holdfast drill · ${html(new Date(report.beganMs).toISOString().slice(0, 16).replace('T', ' '))} UTC · ${html(about)}</p>
<h1>${html(platform)}: ${html(scenario)} <span class="verdict ${verdict}">${verdict}</span></h1>
<p>${html(says)}</p>
<div class="tiles">${tiles.map(tile).join('')}</div>
${sections.map(({ heading, body }) => `<h2>${html(heading)}</h2>\n${body}`).join('\n')}
<h2>What was expected</h2>
${expectations(report.expectations)}
<h2>What was said</h2>
<div class="scroll">${journal(report.journal, zeroMs)}</div>
<h2>How it was made</h2>
${made(report, parts)}
</main>
</body>
</html>
`;
}

const tile = ({ value, what, isBad = false }: Tile): string =>
  `<div class="tile${isBad ? ' bad' : ''}"><b>${html(value)}</b><span>${html(what)}</span></div>`;

const expectations = (all: readonly Expectation[]): string =>
  `<table>${all
    .map(
      ({ name, held, found }) =>
        `<tr><td class="${held ? 'held' : 'broken'}">${held ? 'held' : 'BROKEN'}</td><td>${html(name)}<br><small>${html(found)}</small></td></tr>`,
    )
    .join('')}</table>`;

const journal = (entries: readonly Entry[], zeroMs: number): string =>
  `<table>${entries
    .map(
      ({ atMs, who, sentence }) =>
        `<tr><td class="time">${((atMs - zeroMs) / 1000).toFixed(1)} s</td><td class="dim">${html(who)}</td><td>${html(sentence)}</td></tr>`,
    )
    .join('')}</table>`;

function made({ regions }: Report, { summary, made: how, limits }: PageParts): string {
  const rows = Object.entries({
    Regions: `home ${regions.home}, standby ${regions.standby}, witness ${regions.witness}`,
    ...how,
  }).map(([name, value]) => `<tr><td>${html(name)}</td><td>${html(value)}</td></tr>`);
  const sentences = limits.sentences.map((one) => `<li>${html(one)}</li>`).join('');
  return `<p>${summary.map(html).join('<br>')}</p><table>${rows.join('')}</table><h2>${html(limits.heading)}</h2><ul>${sentences}</ul><p class="dim">${html(limits.remark)}</p>`;
}
