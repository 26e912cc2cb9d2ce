import type { Check } from '../../../bin/checks/check';
import type { Line } from '../../../bin/checks/line';
import type { Ports } from '../../../bin/checks/ports';
import { runChecks } from '../../../bin/checks/run';
import type { Platform } from '../../../lib/config/platform';

/** The lines of one check, as the command would get them. */
export async function ask(check: Check, platform: Platform, ports: Ports): Promise<Line[]> {
  const lines = await runChecks([check], platform, ports);
  return lines.filter((line) => line.check === check.name);
}

/** `place: state: sentence`, for whole comparisons. */
export const brief = (lines: readonly Line[]): string[] =>
  lines.map(({ place, state, sentence }) => `${place}: ${state}: ${sentence}`);
