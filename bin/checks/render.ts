import Table from 'cli-table3';
import pc from 'picocolors';
import type { Platform } from '../../lib/config/platform';
import { GLOBAL, type Line } from './line';
import { purposeOf } from './places';
import type { Report } from './report';

export interface Style {
  /** Width of the terminal, or undefined where nobody looks: then every line of a check stays one line. */
  readonly columns: number | undefined;
  readonly colors: boolean;
}

/** Parts of a table row that are no text: two gaps between columns. */
const STATE_WIDTH = 9;
const CHECK_WIDTH = 22;
const LEAST_SENTENCE = 30;
const LEFT = 2;

/**
 * The report for a person: a table for each place, what to do as commands that can be copied (never wrapped), and the
 * verdict last, where a long output ends.
 */
export function render(platform: Platform, { account, lines, verdict }: Report, style: Style): string {
  const paint = pc.createColors(style.colors);
  const places = [...new Set(lines.map(({ place }) => place))];
  const tables = places.map((place) => {
    const title = place === GLOBAL ? 'Everywhere' : `${place} (${purposeOf(platform, place)})`;
    return `${paint.bold(title)}\n${table(
      lines.filter((line) => line.place === place),
      style,
    )}`;
  });
  const open = lines.filter(({ state, fix }) => state !== 'ok' && fix !== undefined);
  const after = lines.filter(({ state, fix }) => state === 'ok' && fix !== undefined);
  const isReady = lines.every(({ state }) => state === 'ok');
  return `${[
    `${paint.bold(platform.name)} in the account ${account}`,
    ...tables,
    ...steps(paint.bold('To do'), open, paint),
    ...steps(paint.bold('After the first deployment'), after, paint),
    isReady ? paint.green(verdict) : paint.yellow(verdict),
  ].join('\n\n')}\n`;
}

function table(lines: readonly Line[], { columns, colors }: Style): string {
  const paint = pc.createColors(colors);
  const marks = { ok: paint.green('ok'), todo: paint.red('to do'), unknown: paint.yellow('unknown') };
  const sentence = Math.max(LEAST_SENTENCE, (columns ?? 0) - LEFT - STATE_WIDTH - CHECK_WIDTH);
  const grid = new Table({
    chars: NO_BORDER,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: [LEFT, STATE_WIDTH, CHECK_WIDTH, ...(columns === undefined ? [] : [sentence])],
    wordWrap: columns !== undefined,
  });
  for (const line of lines) grid.push(['', marks[line.state], line.check, line.sentence]);
  return grid
    .toString()
    .split('\n')
    .map((row) => row.trimEnd())
    .join('\n');
}

/** Numbered, each once, with the commands on lines of their own. */
function steps(title: string, lines: readonly Line[], paint: ReturnType<typeof pc.createColors>): string[] {
  const fixes = new Map<string, Line>();
  for (const line of lines) if (line.fix !== undefined && !fixes.has(line.fix)) fixes.set(line.fix, line);
  if (fixes.size === 0) return [];
  const items = [...fixes].map(([fix, { place, check, sentence }], i) => {
    const where = place === GLOBAL ? check : `${place}, ${check}`;
    const commands = fix.split('\n').map((command) => `     ${command}`);
    return [`  ${i + 1}. ${paint.dim(`${where}:`)} ${sentence}`, ...commands].join('\n');
  });
  return [`${title}\n${items.join('\n')}`];
}

const NO_BORDER = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, '']),
);
