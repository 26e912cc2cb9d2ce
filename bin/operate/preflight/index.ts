import type { Clock } from '../../../lambda/runtime/clock';
import type { Platform } from '../../../lib/config/platform';
import type { Check } from '../../checks/check';
import { leadership } from '../../checks/leadership';
import type { Ports } from '../../checks/ports';
import { progress } from '../../checks/progress';
import { quotas } from '../../checks/quotas';
import { regions, zones } from '../../checks/regions';
import { runChecks } from '../../checks/run';
import { stacks } from '../../checks/stacks';
import type { Terminal } from '../../commands/terminal';
import type { PreflightPorts } from '../ports';
import { lookAt, type Situation } from '../situation';
import type { PlannedStack } from './assembly';
import { copied, issued, keys, pullable } from './contents';
import { agents, engines, fitness, recordEverywhere, replica } from './fitness';
import { planned } from './planned';
import { renderPreflight, verdictOf } from './render';
import { traffic } from './traffic';

/** What a deployment asks already, and a failover needs as well. */
const SHARED: readonly Check[] = [regions, zones, leadership, stacks, quotas];

export interface PreflightManner {
  readonly json: boolean;
  readonly clock: Clock;
  /** What would be deployed; undefined leaves that question out. */
  readonly assembly: (() => Promise<readonly PlannedStack[]>) | undefined;
}

/**
 * Asks whether the pair is fit to fail over now, and tells it.
 * @param checkPorts what the questions of `check` ask
 * @returns whether it is, with nothing left unanswered
 */
export async function runPreflight(
  platform: Platform,
  ports: PreflightPorts,
  checkPorts: Ports,
  terminal: Terminal,
  { json, clock, assembly }: PreflightManner,
): Promise<boolean> {
  const drawn = progress(terminal);
  const situation = await lookAt(platform, ports, clock.now());
  const checks = preflightChecks(situation, ports, checkPorts, assembly);
  const lines = await runChecks(checks, platform, checkPorts, drawn.step);
  drawn.clear();
  terminal.out(
    json
      ? `${JSON.stringify({ platform: platform.name, verdict: verdictOf(lines), lines }, null, 2)}\n`
      : renderPreflight(platform.name, lines, terminal),
  );
  return lines.every(({ state }) => state === 'ok');
}

function preflightChecks(
  situation: Situation,
  ports: PreflightPorts,
  { images }: Ports,
  assembly: PreflightManner['assembly'],
): Check[] {
  return [
    fitness(situation),
    recordEverywhere(situation.platform, ports),
    agents(situation),
    replica(situation),
    engines(situation, ports),
    traffic(situation, ports.traffic),
    pullable(images),
    copied(ports),
    keys(ports),
    issued(ports, situation.atMs),
    ...(assembly ? [planned(situation, ports, assembly)] : []),
    ...SHARED,
  ];
}
