import pc from 'picocolors';
import type { Terminal } from '../../commands/terminal';
import { healthOf, type Level, type Row, verdictOf } from './row';

/** The verdict first, then one table: each line a finding, the places in their order. */
export function renderHealth(
  platform: string,
  rows: readonly Row[],
  { colors }: Pick<Terminal, 'colors'>,
): string {
  const paint = pc.createColors(colors);
  const marks: Readonly<Record<Level, (text: string) => string>> = {
    ok: paint.green,
    unknown: paint.yellow,
    degraded: paint.yellow,
    down: paint.red,
  };
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length)) + 2;
  const places = width(rows.map(({ place }) => place));
  const parts = width(rows.map(({ part }) => part));
  const lines = rows.map(
    ({ place, part, level, sentence }) =>
      `  ${place.padEnd(places)}${part.padEnd(parts)}${marks[level](level.padEnd(LEVEL_WIDTH))}${sentence}`,
  );
  const mark = { healthy: paint.green, degraded: paint.yellow, down: paint.red }[healthOf(rows)];
  return `${mark(`${platform}: ${verdictOf(rows)}`)}\n\n${lines.join('\n')}\n`;
}

const LEVEL_WIDTH = 10;

/** One line for a look where nobody redraws: the time, and what is not well. */
export function healthLine(platform: string, rows: readonly Row[], atMs: number): string {
  return `${new Date(atMs).toISOString()}  ${platform}: ${verdictOf(rows)}\n`;
}

/** What `--json` prints. */
export const healthReport = (platform: string, rows: readonly Row[], atMs: number): object => ({
  platform,
  at: new Date(atMs).toISOString(),
  health: healthOf(rows),
  verdict: verdictOf(rows),
  findings: rows,
});
