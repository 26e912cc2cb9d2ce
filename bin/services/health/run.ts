import type { Clock } from '../../../lambda/runtime/clock';
import type { Platform, Service } from '../../../lib/config/platform';
import type { Terminal } from '../../commands/terminal';
import { judge } from './judge';
import { type HealthPorts, lookAtHealth } from './look';
import { healthLine, healthReport, renderHealth } from './render';
import { type Health, healthOf, type Row, verdictOf } from './row';

const HOME_AND_CLEAR = '\x1b[H\x1b[2J';

export interface HealthManner {
  readonly json: boolean;
  readonly clock: Clock;
  /** Looks again after so many seconds, until `stop`; undefined: once. */
  readonly everySeconds: number | undefined;
  readonly stop: AbortSignal;
}

/** @returns how the platform was at the last look */
export async function showHealth(
  platform: Platform,
  only: readonly Service[],
  ports: HealthPorts,
  terminal: Terminal,
  manner: HealthManner,
): Promise<Health> {
  const { clock, everySeconds, stop } = manner;
  for (;;) {
    const atMs = clock.now();
    const rows = judge(await lookAtHealth(platform, only, ports, atMs));
    terminal.out(text(platform.name, rows, atMs, terminal, manner));
    if (everySeconds === undefined || stop.aborted) return healthOf(rows);
    try {
      await clock.sleep(everySeconds * 1000, stop);
    } catch (error) {
      if (stop.aborted) return healthOf(rows);
      throw error;
    }
  }
}

/** Drawn over itself where a person looks; a line for each look, or a line of JSON, otherwise. */
function text(
  platform: string,
  rows: readonly Row[],
  atMs: number,
  terminal: Terminal,
  { json, everySeconds }: HealthManner,
): string {
  const again = everySeconds !== undefined;
  if (json) return `${JSON.stringify(healthReport(platform, rows, atMs), null, again ? 0 : 2)}\n`;
  if (!again) return renderHealth(platform, rows, terminal);
  if (terminal.columns === undefined) return healthLine(platform, rows, atMs);
  return `${HOME_AND_CLEAR}${renderHealth(platform, rows, terminal)}`;
}

/** How some services are after something was done with them, and one sentence about it. */
export async function healthVerdict(
  platform: Platform,
  only: readonly Service[],
  ports: HealthPorts,
  clock: Clock,
): Promise<{ readonly health: Health; readonly sentence: string }> {
  const rows = judge(await lookAtHealth(platform, only, ports, clock.now()));
  return { health: healthOf(rows), sentence: `${platform.name} is ${verdictOf(rows)}` };
}
