import pc from 'picocolors';
import type { Line } from '../../checks/line';
import type { Terminal } from '../../commands/terminal';

const count = (lines: readonly Line[], state: Line['state']): number =>
  lines.filter((line) => line.state === state).length;

/** One sentence: is the pair fit to fail over now? */
export function verdictOf(lines: readonly Line[]): string {
  const wrong = count(lines, 'todo');
  const open = count(lines, 'unknown');
  if (wrong + open === 0) return `Fit to fail over now: ${lines.length} checks passed.`;
  const things = wrong === 1 ? '1 thing is wrong' : `${wrong} things are wrong`;
  const questions = open === 1 ? '1 question has no answer' : `${open} questions have no answer`;
  if (wrong === 0) return `Nobody can say whether it is fit to fail over: ${questions}.`;
  return `NOT fit to fail over: ${things}${open > 0 ? `, and ${questions}` : ''}.`;
}

const ORDER: readonly Line['state'][] = ['todo', 'unknown', 'ok'];
const WORDS = { todo: 'wrong', unknown: 'unknown', ok: 'ok' } as const;

/** The verdict first, then what is wrong, what is not known, and what is well. */
export function renderPreflight(
  platform: string,
  lines: readonly Line[],
  { colors }: Pick<Terminal, 'colors'>,
): string {
  const paint = pc.createColors(colors);
  const marks = { todo: paint.red, unknown: paint.yellow, ok: paint.green };
  const sorted = ORDER.flatMap((state) => lines.filter((line) => line.state === state));
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length)) + 2;
  const places = width(lines.map(({ place }) => place));
  const checks = width(lines.map(({ check }) => check));
  const rows = sorted.map(({ state, place, check, sentence, fix }) => {
    const remedy = state === 'ok' || fix === undefined ? '' : `  -> ${fix.split('\n').join('; ')}`;
    return `  ${marks[state](WORDS[state].padEnd(9))}${place.padEnd(places)}${check.padEnd(checks)}${sentence}${remedy}`;
  });
  const isFit = lines.every(({ state }) => state === 'ok');
  const verdict = `${platform}: ${verdictOf(lines)}`;
  return `${isFit ? paint.green(verdict) : paint.yellow(verdict)}\n\n${rows.join('\n')}\n`;
}
