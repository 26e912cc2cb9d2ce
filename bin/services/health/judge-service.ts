import type { Role } from '../../../lib/config/platform';
import type { ServiceState, TargetState } from '../ports';
import { numberIn } from '../revision-number';
import type { SeenService } from './look';
import { type Level, type Row, row, worstOf } from './row';

/**
 * One service in one region. Only where it leads can a service be down: elsewhere nobody is served by it.
 * @param leads role of the region that leads; undefined if nobody knows
 */
export function serviceRow(
  { service, role, region, state, targets }: SeenService,
  leads: Role | undefined,
): Row {
  const is = (level: Level, sentence: string): Row => row(region, service.name, level, sentence);
  const worst: Level = role === leads ? 'down' : 'degraded';
  if (!state.known) return is('unknown', state.sentence);
  if (!state.value) return is(worst, 'is not deployed');
  const { desired, running } = state.value;
  if (desired === 0) return idle(service.replicas[role === leads ? 'home' : 'standby'].desired, worst, is);
  const told = [`${running} of ${desired} tasks run`, ...deployment(state.value)];
  const levels: Level[] = [running >= desired ? 'ok' : running === 0 ? worst : 'degraded'];
  if (state.value.rollouts.some(({ isPrimary, state: one }) => isPrimary && one === 'FAILED'))
    levels.push('degraded');
  if (targets && !targets.known) {
    levels.push('unknown');
    told.push(targets.sentence);
  } else if (targets) {
    const { level, sentence } = targetsOf(targets.value, region, worst);
    levels.push(level);
    told.push(sentence);
  }
  return is(worstOf(levels), told.join('; '));
}

function idle(wanted: number, worst: Level, is: (level: Level, sentence: string) => Row): Row {
  return wanted === 0
    ? is('ok', 'rests: no task is meant to run here')
    : is(worst, `no task is asked for, and ${wanted} are meant to run: does it wait? npx holdfast start`);
}

function deployment({ rollouts }: ServiceState): string[] {
  const primary = rollouts.find(({ isPrimary }) => isPrimary);
  if (!primary || rollouts.length < 2)
    return primary?.state === 'FAILED' ? ['its last deployment failed'] : [];
  return [
    `revision ${numberIn(primary.taskDefinition)} is being deployed (${primary.running} of ${primary.desired})`,
  ];
}

/** Targets that are on their way out count neither way. */
function targetsOf(
  targets: readonly TargetState[],
  region: string,
  worst: Level,
): { readonly level: Level; readonly sentence: string } {
  const staying = targets.filter(({ state }) => state !== 'draining');
  const healthy = staying.filter(({ state }) => state === 'healthy');
  const zones = [...new Set(staying.map(({ zone }) => zone))].sort();
  const byZone = zones.map((zone) => {
    const here = staying.filter((one) => one.zone === zone);
    const well = here.filter(({ state }) => state === 'healthy').length;
    return `${zone === '' ? '?' : zone.replace(region, '')} ${well}/${here.length}`;
  });
  const level: Level = healthy.length === 0 ? worst : healthy.length < staying.length ? 'degraded' : 'ok';
  const detail = byZone.length > 0 ? ` (${byZone.join(', ')})` : '';
  return { level, sentence: `${healthy.length} of ${staying.length} targets healthy${detail}` };
}
