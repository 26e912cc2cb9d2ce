import type { Clock } from '../../lambda/runtime/clock';
import type { Platform } from '../../lib/config/platform';
import type { Terminal } from '../commands/terminal';
import { outlook } from './outlook';
import type { OperatorPorts } from './ports';
import { renderStatus, statusReport } from './render-status';
import { lookAt } from './situation';

/** How often `--watch` looks again. */
const REDRAW_MS = 5_000;
const HOME_AND_CLEAR = '\x1b[H\x1b[2J';

/** @returns whether nothing wrong can be seen */
export async function showStatus(
  platform: Platform,
  ports: OperatorPorts,
  terminal: Terminal,
  { json, clock, before = '' }: { readonly json: boolean; readonly clock: Clock; readonly before?: string },
): Promise<boolean> {
  const situation = await lookAt(platform, ports, clock.now());
  const found = outlook(situation);
  const text = json
    ? `${JSON.stringify(statusReport(situation, found), null, before === '' ? 2 : 0)}\n`
    : `${before}${renderStatus(situation, found, terminal)}`;
  terminal.out(text);
  return found.problems.length === 0;
}

/** Looks every five seconds until `stop`; where a person looks, over itself. With JSON one line for each look. */
export async function watchStatus(
  platform: Platform,
  ports: OperatorPorts,
  terminal: Terminal,
  { json, clock, stop }: { readonly json: boolean; readonly clock: Clock; readonly stop: AbortSignal },
): Promise<boolean> {
  const before = json || terminal.columns === undefined ? '\n' : HOME_AND_CLEAR;
  for (;;) {
    const isWell = await showStatus(platform, ports, terminal, { json, clock, before });
    if (stop.aborted) return isWell;
    try {
      await clock.sleep(REDRAW_MS, stop);
    } catch (error) {
      if (stop.aborted) return isWell;
      throw error;
    }
  }
}
