import type { Platform } from '../../lib/config/platform';
import type { Terminal } from '../commands/terminal';
import { CHECKS } from '.';
import { awsPorts } from './aws';
import type { Ports } from './ports';
import { progress } from './progress';
import { render } from './render';
import { isReady, report } from './report';
import { runChecks } from './run';

/**
 * Asks everything about a platform and prints the report.
 * @param ports AWS and DNS, or what stands in for them
 * @returns whether nothing is to do and nothing without an answer
 */
export async function checkPlatform(
  platform: Platform,
  terminal: Terminal,
  { json, ports }: { readonly json: boolean; readonly ports: Ports },
): Promise<boolean> {
  const drawn = progress(terminal);
  const lines = await runChecks(CHECKS, platform, ports, drawn.step);
  drawn.clear();
  const result = report(platform, lines);
  terminal.out(json ? `${JSON.stringify(result, null, 2)}\n` : render(platform, result, terminal));
  return isReady(lines);
}

export { checkPolicy } from './policy';
export { awsPorts };
