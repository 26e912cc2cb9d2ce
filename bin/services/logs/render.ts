import pc from 'picocolors';
import type { Terminal } from '../../commands/terminal';
import type { Placed } from './lines';

/** Enough of a task's id to tell it from the others. */
const TASK_LENGTH = 8;

/** One line of output for a line of a log: time, region where several are shown, task, text. */
export function renderLine(
  { atMs, region, stream, text }: Placed,
  { json, manyRegions }: { readonly json: boolean; readonly manyRegions: boolean },
  { colors }: Pick<Terminal, 'colors'>,
): string {
  const at = new Date(atMs).toISOString();
  const task = stream.split('/').at(-1) ?? '';
  if (json) return `${JSON.stringify({ at, region, task, text })}\n`;
  const paint = pc.createColors(colors);
  const where = manyRegions ? `${region} ` : '';
  return `${paint.dim(`${at} ${where}${task.slice(0, TASK_LENGTH)}`)}  ${text.replace(/\r?\n$/, '')}\n`;
}
