import { otherRole } from '../../../lib/config/names';
import type { Platform, Role, Service } from '../../../lib/config/platform';
import { type Ended, type Manner, pause } from '../../recover/telling';
import { asInFile } from '../image';
import { carefully, leadOf } from '../lead';
import type { Revision, ServiceState, ServicesPorts } from '../ports';
import { numberIn } from '../revision-number';
import { type Chosen, choose, counterpart, type Wish, wishIn } from './choose';
import { arrive } from './follow';
import { lastWords } from './last-words';
import { type Listed, renderRevisions } from './render';

/** How many revisions are looked at; older ones have no name that a person still knows. */
const KNOWN = 20;
/** ECS takes a moment to put what it goes back to into its answers. */
const SETTLE_MS = 5_000;

/** What a person asks for. */
export interface RollbackRequest {
  readonly service: Service;
  /** Undefined: only tell what there is. */
  readonly to: string | undefined;
  readonly roles: readonly Role[];
  /** Platform file, as a message may name it. */
  readonly file: string;
  /** Line of the image in it. */
  readonly line: number;
}

/** One region's part of it. */
export interface RegionPlan {
  readonly role: Role;
  readonly region: string;
  readonly present: string;
  readonly target: Revision;
  /** ARN of a deployment that is under way and came from the target: ECS itself goes back from it. */
  readonly stop: string | undefined;
}

/**
 * Goes back to an earlier revision, in the region that does not lead first.
 * @param verdict tells how the service is afterwards
 * @throws {CallFailed} if AWS gives no answer
 */
export async function rollBack(
  platform: Platform,
  request: RollbackRequest,
  ports: ServicesPorts,
  manner: Manner,
  tell: (sentence: string) => void,
  verdict: () => Promise<string>,
): Promise<Ended> {
  if (request.to === undefined) return listing(platform, request, ports);
  const lead = await leadOf(platform, ports, request.roles.length === 1);
  if (!lead.known && !lead.may) return refused(lead.sentence);
  if (!lead.known) tell(lead.sentence);
  const order = lead.known ? carefully(request.roles, lead.role) : request.roles;
  const planned = await plan(platform, request, wishIn(request.to), order, ports);
  if ('sentence' in planned) return refused(planned.sentence);
  const { plans } = planned;
  if (plans.length === 0)
    return {
      outcome: 'done',
      sentences: ['It runs this revision already.', ...lastWords(platform, request, planned.model)],
    };
  if (manner.dryRun) return would(platform, request, plans, planned.model);
  for (const one of plans) {
    const ended = await carryOut(one, request, ports, manner, tell);
    if (ended) return ended;
  }
  const to = asInFile(platform, request.service, planned.model.image);
  return {
    outcome: 'done',
    sentences: [
      `${request.service.name} runs ${to}.`,
      await verdict(),
      ...lastWords(platform, request, planned.model),
    ],
    result: resultOf(plans),
  };
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });

const resultOf = (plans: readonly RegionPlan[]): unknown =>
  plans.map(({ region, present, target }) => ({
    region,
    from: numberIn(present),
    to: target.number,
    image: target.image,
  }));

async function listing(
  platform: Platform,
  { service, roles }: RollbackRequest,
  { services, revisions }: ServicesPorts,
): Promise<Ended> {
  const found = await Promise.all(
    roles.map(async (role): Promise<Listed> => {
      const region = platform.regions[role].name;
      const [state, known] = await Promise.all([
        services.describe(region, service.name),
        revisions.list(region, service.name, KNOWN),
      ]);
      return { region, role, present: state?.taskDefinition, known };
    }),
  );
  return {
    outcome: 'would',
    sentences: renderRevisions(platform, service, found),
    result: found.map(({ region, present, known }) => ({
      region,
      present: present ?? null,
      revisions: known,
    })),
  };
}

type Planned =
  | { readonly plans: readonly RegionPlan[]; readonly model: Revision }
  | { readonly sentence: string };

/** What is meant in each region: a number is of the region that leads, and its image decides in the other one. */
async function plan(
  platform: Platform,
  { service }: RollbackRequest,
  wish: Wish,
  order: readonly Role[],
  ports: ServicesPorts,
): Promise<Planned> {
  const places = await Promise.all(order.map((role) => placeOf(platform, service, role, ports)));
  const last = places.at(-1);
  if (!last) return { sentence: 'No region is named.' };
  const model = chosen(wish, last, service);
  if ('sentence' in model) return model;
  const plans: RegionPlan[] = [];
  for (const place of places) {
    if (!place.state) return { sentence: `${service.name} is not deployed in ${place.region}.` };
    const target = place === last ? model : counterpart(model.revision, place.known, place.where);
    if ('sentence' in target) return target;
    const made = await planIn(place, place.state, service, target.revision, ports);
    if (made) plans.push(made);
  }
  return { plans, model: model.revision };
}

interface PlaceKnown {
  readonly role: Role;
  readonly region: string;
  /** As a sentence names it. */
  readonly where: string;
  readonly state: ServiceState | undefined;
  readonly known: readonly Revision[];
}

async function placeOf(
  platform: Platform,
  service: Service,
  role: Role,
  { services, revisions }: ServicesPorts,
): Promise<PlaceKnown> {
  const region = platform.regions[role].name;
  const [state, known] = await Promise.all([
    services.describe(region, service.name),
    revisions.list(region, service.name, KNOWN),
  ]);
  return { role, region, where: `${service.name} in ${region}`, state, known };
}

const chosen = (wish: Wish, { state, known, where }: PlaceKnown, { name }: Service): Chosen =>
  state
    ? choose(wish, known, state.taskDefinition, where)
    : { sentence: `${name} is not deployed in ${where.split(' in ').at(-1) ?? where}.` };

/** @returns undefined if the region runs it already */
async function planIn(
  { role, region }: PlaceKnown,
  state: ServiceState,
  service: Service,
  target: Revision,
  { services }: ServicesPorts,
): Promise<RegionPlan | undefined> {
  const present = state.taskDefinition;
  if (present === target.arn) return undefined;
  // While a deployment runs, ECS has the version before beside it, and goes back to that one by itself.
  const isBefore = state.rollouts.some((one) => !one.isPrimary && one.taskDefinition === target.arn);
  const stop = isBefore ? await services.underWay(region, service.name) : undefined;
  return { role, region, present, target, stop };
}

function would(
  platform: Platform,
  request: RollbackRequest,
  plans: readonly RegionPlan[],
  model: Revision,
): Ended {
  const steps = plans.map(
    ({ region, present, target, stop }) =>
      `In ${region} ${request.service.name} would go from revision ${numberIn(present)} back to ${target.number} (${asInFile(platform, request.service, target.image)})${stop === undefined ? '' : ', by stopping the deployment that is under way'}.`,
  );
  return {
    outcome: 'would',
    sentences: [...steps, ...lastWords(platform, request, model)],
    result: resultOf(plans),
  };
}

/** @returns how it ended if it did not end well: then the other region is left as it is */
async function carryOut(
  { role, region, target, stop }: RegionPlan,
  { service, roles }: RollbackRequest,
  { services }: ServicesPorts,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended | undefined> {
  const how = stop === undefined ? 'starts' : 'stops the deployment under way and goes back to';
  tell(`${region}: ${how} revision ${target.number}.`);
  if (stop === undefined) await services.deploy(region, service.name, target.arn);
  else await services.rollBack(region, stop);
  await pause(manner, SETTLE_MS);
  const end = await arrive(services, { region, service: service.name, arn: target.arn }, manner, tell);
  if (end.outcome === 'done') {
    tell(end.sentence);
    return undefined;
  }
  const rest = roles.includes(otherRole(role)) ? ' The other region was not touched after that.' : '';
  return {
    outcome: end.outcome,
    sentences: [
      `${end.sentence}${rest} Look: npx holdfast logs ${service.name} --since 30m, npx holdfast health`,
    ],
  };
}
