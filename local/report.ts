import Table from 'cli-table3';
import { createColors } from 'picocolors';
import type { Machine } from './machine';
import type { Fact } from './readback/fact';

/** Only where a person looks; a log of a CI has no use for them. */
const pc = createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);

export interface Report {
  readonly name: 'deploy-local';
  readonly machine: Machine;
  readonly platform: string;
  readonly regions: readonly string[];
  readonly stacks: readonly { readonly name: string; readonly region: string; readonly resources: number }[];
  readonly resources: {
    readonly total: number;
    readonly verified: number;
    readonly customRan: number;
    readonly facts: Readonly<Record<string, readonly Fact[]>>;
  };
  /** Type -> number of resources that were accepted and cannot be looked up. */
  readonly notVerified: Readonly<Record<string, number>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly verdict: 'ok' | 'failed';
}

/** No line of a table is longer, where its words allow it. */
const WIDTH = 118;
const GAP = 2;

const words = (key: string): string => key.replace(/([A-Z])/g, ' $1').toLowerCase();
const cell = (value: string | number | boolean | undefined): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value ?? '');
};

const BORDERLESS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, '']),
);

/** Rows as columns without lines between them; cells that do not fit are wrapped between words. */
export function renderTable(rows: readonly Fact[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns.map(words), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const table = new Table({
    chars: BORDERLESS,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colWidths: widths(cells).map((width) => width + GAP),
    wordWrap: true,
  });
  const [head = [], ...body] = cells;
  table.push(
    head.map((text) => pc.dim(text)),
    ...body,
  );
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

/** Takes from the widest column until all fit, but never breaks a word. */
function widths(cells: readonly (readonly string[])[]): number[] {
  const most = (of: (text: string) => number): number[] =>
    (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => of(row[column] ?? ''))));
  const result = most((text) => text.length);
  const least = most((text) => Math.max(...text.split(' ').map((word) => word.length)));
  const total = (): number => result.reduce((sum, width) => sum + width + GAP, 0);
  while (total() > WIDTH) {
    const room = result.map((width, column) => (width > (least[column] ?? width) ? width : 0));
    const widest = room.indexOf(Math.max(...room));
    if ((room[widest] ?? 0) === 0) break;
    result[widest] = (result[widest] ?? 0) - 1;
  }
  return result;
}

/** The report as a person reads it. */
export function render(report: Report): string {
  const lines: string[] = [];
  for (const [section, rows] of Object.entries(report.resources.facts))
    lines.push('', pc.bold(section), renderTable(rows));
  const accepted = Object.entries(report.notVerified).map(([type, count]) => `${type} (${count})`);
  lines.push(
    '',
    `accepted, not verified: ${accepted.join(', ') || 'none'}`,
    `seconds: ${Object.entries(report.seconds)
      .map(([step, value]) => `${step} ${value.toFixed(1)}`)
      .join(', ')}`,
    ...report.problems.map((problem) => pc.red(`missing: ${problem}`)),
    verdict(report),
  );
  return lines.join('\n');
}

function verdict({ platform, regions, stacks, resources, problems, verdict: outcome }: Report): string {
  const what = `${stacks.length} stacks in ${regions.join(', ')}; ${resources.total} resources: ${resources.verified} found in their services, ${resources.customRan} custom resources ran here`;
  return outcome === 'ok'
    ? pc.green(`ok: ${platform} is deployed: ${what}.`)
    : pc.red(`failed: ${platform}: ${problems.length} problems; ${what}.`);
}
