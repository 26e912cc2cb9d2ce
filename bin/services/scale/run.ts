import type { Platform, Role, Service } from '../../../lib/config/platform';
import { answerOf } from '../../operate/failures';
import { type Ended, type Manner, pause } from '../../recover/telling';
import { leadOf } from '../lead';
import type { Limits, ServiceState, ServicesPorts } from '../ports';
import { planScale, type Wanted } from './plan';

const LOOK_MS = 5_000;
/** Fargate starts a task within a minute or two; one that does not come has a reason of its own. */
const LIMIT_MS = 15 * 60_000;

export interface ScaleRequest extends Wanted {
  readonly service: Service;
  /** Undefined: the region that leads. */
  readonly role: Role | undefined;
  readonly file: string;
}

/** Where and from what it starts. */
interface Start {
  readonly region: string;
  readonly leads: boolean;
  readonly state: ServiceState;
  readonly limits: Limits | undefined;
}

/**
 * Sets how many tasks of a service run in a region, until something else does.
 * @throws {CallFailed} if AWS gives no answer
 */
export async function scale(
  platform: Platform,
  request: ScaleRequest,
  ports: ServicesPorts,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const { service, file } = request;
  const start = await startOf(platform, request, ports);
  if ('sentence' in start) return { outcome: 'refused', sentences: [start.sentence] };
  const { region, leads, state, limits } = start;
  const sizes = leads
    ? service.replicas.home
    : { ...service.replicas.standby, max: service.replicas.home.max };
  const where = `services.${service.name}.replicas`;
  const planned = planScale(request, sizes, limits, where);
  if (!planned.ok) return { outcome: 'refused', sentences: [planned.sentence] };
  const change = described(service, region, state, planned.replicas, planned.limits);
  const lasting = lasts(service, leads, file, where);
  const result = { region, replicas: planned.replicas, limits: planned.limits ?? null };
  if (manner.dryRun) return { outcome: 'would', sentences: [`It would ${change}`, ...lasting], result };
  tell(`This is to ${change}`);
  if (planned.limits) await ports.limits.write(region, service.name, planned.limits);
  await ports.services.setDesired(region, service.name, planned.replicas);
  const end = await settle(region, service, planned.replicas, ports, manner, tell);
  return { outcome: end.outcome, sentences: [end.sentence, ...lasting], result };
}

async function startOf(
  platform: Platform,
  { service, role }: ScaleRequest,
  ports: ServicesPorts,
): Promise<Start | { readonly sentence: string }> {
  const lead = await leadOf(platform, ports, role !== undefined);
  if (!lead.known && !lead.may) return { sentence: lead.sentence };
  const chosen = role ?? (lead.known ? lead.role : undefined);
  if (chosen === undefined) return { sentence: 'Nobody can say which region leads: name one with --region.' };
  const region = platform.regions[chosen].name;
  const [state, limits] = await Promise.all([
    ports.services.describe(region, service.name),
    ports.limits.read(region, service.name),
  ]);
  if (!state) return { sentence: `${service.name} is not deployed in ${region}.` };
  if (limits?.max === 0)
    return {
      sentence: `${service.name} waits without a task in ${region} for an image or a secret: npx holdfast start ${service.name}`,
    };
  return { region, leads: lead.known && lead.role === chosen, state, limits };
}

function described(
  { name }: Service,
  region: string,
  { desired }: ServiceState,
  replicas: number,
  limits: Limits | undefined,
): string {
  const between = limits ? `, and let its load scale it between ${limits.min} and ${limits.max}` : '';
  return `run ${replicas} tasks of ${name} in ${region} (now ${desired})${between}.`;
}

/** What will change the number again, and what makes it stay. */
function lasts(service: Service, leads: boolean, file: string, where: string): string[] {
  const { min, desired, max } = service.replicas.home;
  const until = leads
    ? `It lasts until the lead moves, or a deployment changes ${where} or replaces the service.`
    : 'It lasts until this region takes the lead, or is left in a move: the agents then set the sizes of the file.';
  const back = leads
    ? `Back to the file: npx holdfast scale ${service.name} --replicas ${desired}${service.scaling ? ` --min ${min} --max ${max}` : ''}`
    : undefined;
  return [until, `To keep it, change ${where} in ${file}.`, ...(back === undefined ? [] : [back])];
}

async function settle(
  region: string,
  { name }: Service,
  replicas: number,
  { services }: ServicesPorts,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Pick<Ended, 'outcome'> & { readonly sentence: string }> {
  const begun = manner.clock.now();
  let last = '';
  for (;;) {
    const answer = await answerOf(services.describe(region, name));
    const state = answer.known ? answer.value : undefined;
    const said = answer.known
      ? `${region}: ${state?.running ?? 0} of ${state?.desired ?? 0} tasks run`
      : `${region}: ${answer.sentence}`;
    if (said !== last) tell(said);
    last = said;
    if (state && state.desired !== replicas)
      return {
        outcome: 'done',
        sentence: `${state.desired} tasks are asked for in ${region} by now: its load, or somebody else, has scaled it since.`,
      };
    if (state && state.running === replicas)
      return { outcome: 'done', sentence: `${replicas} tasks of ${name} run in ${region}.` };
    if (manner.clock.now() - begun > LIMIT_MS)
      return {
        outcome: 'failed',
        sentence: `${state?.running ?? 0} of ${replicas} tasks run in ${region} after ${LIMIT_MS / 60_000} minutes; what keeps the others: npx holdfast logs ${name}, npx holdfast health ${name}`,
      };
    await pause(manner, LOOK_MS);
  }
}
