import type { Platform } from '../../lib/config/platform';
import { GLOBAL, type Line } from './line';
import { usedRegions } from './places';

/** What `--json` prints. */
export interface Report {
  readonly platform: string;
  readonly account: string;
  readonly lines: readonly Line[];
  readonly verdict: string;
}

/** @returns the lines grouped by place: global first, then the regions in the order of their importance */
export function report(platform: Platform, lines: readonly Line[]): Report {
  const places = [GLOBAL, ...usedRegions(platform)];
  const grouped = places.flatMap((place) => lines.filter((line) => line.place === place));
  return { platform: platform.name, account: platform.account, lines: grouped, verdict: verdict(lines) };
}

/** Nothing to do and nothing without an answer. */
export const isReady = (lines: readonly Line[]): boolean => lines.every(({ state }) => state === 'ok');

/** One sentence: may one deploy? */
export function verdict(lines: readonly Line[]): string {
  const count = (state: Line['state']) => lines.filter((line) => line.state === state).length;
  const toDo = count('todo');
  const unanswered = count('unknown');
  if (toDo + unanswered === 0) return 'Ready to deploy.';
  const questions = `${unanswered} ${unanswered === 1 ? 'question has' : 'questions have'} no answer`;
  if (toDo === 0) return `Nothing to do was found, but ${questions}.`;
  const things = `${toDo} ${toDo === 1 ? 'thing' : 'things'} to do before \`npx holdfast deploy\``;
  return unanswered === 0 ? `${things}.` : `${things}, and ${questions}.`;
}
