import { isRefusedRead } from '../leader/read';
import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { untilAllowed } from '../runtime/permission';
import { ATTRIBUTES } from './contract';
import { type Missing, missingOf, refusalSentence, waitingSentence } from './missing';
import type { Cloud, Lead, Stack } from './ports';
import { type GatedService, parseService } from './service';
import { because, readySentence, sizeOf } from './size';
import { weightsOf } from './traffic';

/**
 * With how many tasks a stack may begin or go on. A service whose image is not there starts no task, and its stack
 * would hang for hours; one whose secret has no value is rolled back with its stack. A service that runs must neither
 * lose its image or its secrets nor the number to which it was scaled. How many tasks a region is to have depends on
 * whether it leads, which is in the leadership record and in no template; and where its traffic goes, on the deployments
 * that it had (see `traffic`). A service that runs is not changed while the lead moves, or a new version would come up, and
 * old tasks would go, in the middle of a takeover; but a stack that goes back must end.
 */

/** A service that runs would lack something: nothing was changed. */
export class NotComplete extends HoldfastError {
  constructor(
    readonly service: string,
    readonly missing: Missing,
  ) {
    super(refusalSentence(service, missing));
  }
}

/** A service that runs would be changed in the middle of a move: nothing was. */
export class LeadMoves extends HoldfastError {
  constructor(
    readonly service: string,
    readonly moving: string,
  ) {
    super(
      `The service ${service} runs and was not changed, because the lead ${moving}. Deploy again when npx holdfast ` +
        'status says that a region leads.',
    );
  }
}

export interface Count {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly sentence: string;
}

/** @param stack that the request comes from */
export function gate(cloud: Cloud, stack: Stack): CustomResource<GatedService> {
  const ask = async (service: GatedService, host: Host): Promise<Outcome> => {
    const asked = patient(cloud, host);
    // First, because a shift may be waited for: the number of tasks must be that of afterwards.
    const { blue, green } = await weightsOf(service, asked.traffic, host);
    const { desired, min, max, sentence } = await decide(service, asked);
    const data = {
      [ATTRIBUTES.desired]: String(desired),
      [ATTRIBUTES.min]: String(min),
      [ATTRIBUTES.max]: String(max),
      [ATTRIBUTES.blue]: String(blue),
      [ATTRIBUTES.green]: String(green),
      [ATTRIBUTES.sentence]: sentence,
    };
    return { data, sentence };
  };
  return {
    parse: parseService,
    physicalId: ({ cluster, service }) => `${cluster}/${service}`,
    create: ask,
    async update(service, host) {
      await refuseWhileMoving(service, patient(cloud, host), stack, host);
      return ask(service, host);
    },
    async delete() {},
  };
}

/** @throws {LeadMoves} if the service runs, the lead moves, and the stack is certainly on its way forward */
async function refuseWhileMoving(
  { cluster, service }: GatedService,
  { leadership, services }: Cloud,
  stack: Stack,
  host: Host,
): Promise<void> {
  const lead = await leadership.lead();
  if (!lead.known || lead.moving === undefined) return;
  const present = await services.desiredCount(cluster, service);
  if (present === undefined || present === 0) return;
  if (!(await goesBack(stack, host))) throw new LeadMoves(service, lead.moving);
}

/** What AWS does not tell counts as going back: a stack that cannot go back is stuck until a person frees it. */
async function goesBack(stack: Stack, host: Host): Promise<boolean> {
  try {
    return await untilAllowed(host)('cloudformation:DescribeStacks', () => stack.goesBack());
  } catch (error) {
    host.log('stack-unknown', { error: sentenceOf(error) });
    return true;
  }
}

/** @throws {NotComplete} if the service runs and its new image or one of its secrets is not there */
export async function decide(service: GatedService, cloud: Cloud): Promise<Count> {
  const present = await cloud.services.desiredCount(service.cluster, service.service);
  const missing = await missingOf(service, cloud);
  if (present !== undefined && present > 0) {
    if (missing) throw new NotComplete(service.service, missing);
    return goOn(service, present, await cloud.leadership.lead());
  }
  if (missing) {
    return { desired: 0, min: 0, max: 0, sentence: waitingSentence(service.service, missing) };
  }
  return begin(service, present, await cloud.leadership.lead());
}

/** A service that runs keeps its number, within the limits of the region; unless nobody knows those. */
function goOn(service: GatedService, present: number, lead: Lead): Count {
  const { serving } = service;
  const { min, max } = lead.known
    ? sizeOf(service, lead)
    : { min: Math.min(present, serving.min), max: Math.max(present, serving.max) };
  const desired = Math.min(Math.max(present, min), max);
  const sentence = `${readySentence(service)}; ${service.service} goes on with ${desired}${because(lead)}.`;
  return { desired, min, max, sentence };
}

/**
 * A service without a task gets those of the region. One that is there and was set to none in a region that does not
 * lead stays so: a new leader may have closed that side, and a deployment must not open it again.
 */
function begin(service: GatedService, present: number | undefined, lead: Lead): Count {
  const size = sizeOf(service, lead);
  const name = service.service;
  if (present === 0 && size.desired > 0 && lead.known && !lead.leads) {
    const sentence = `${name} stays without a task${because(lead)}. Start it by: npx holdfast start ${name}`;
    // No room above either, or the load could start tasks again.
    return { desired: 0, min: 0, max: 0, sentence };
  }
  const sentence = `${readySentence(service)}; ${name} starts with ${size.desired}${because(lead)}.`;
  return { ...size, sentence };
}

/** A new secret of the platform file changed the function's policy a moment before the service's stack asks. */
function patient({ images, secrets, services, traffic, leadership }: Cloud, host: Host): Cloud {
  const allowed = untilAllowed(host);
  const describeSecret = 'secretsmanager:DescribeSecret';
  return {
    images: { exists: (...image) => allowed('ecr:DescribeImages', () => images.exists(...image)) },
    secrets: {
      hasValue: (name) => allowed(describeSecret, () => secrets.hasValue(name)),
      wasSet: (name) => allowed(describeSecret, () => secrets.wasSet(name)),
    },
    services: {
      ...services,
      desiredCount: (...which) => allowed('ecs:DescribeServices', () => services.desiredCount(...which)),
    },
    traffic: {
      weights: (...which) => allowed('elasticloadbalancing:DescribeRules', () => traffic.weights(...which)),
    },
    leadership: {
      lead: () => untilAllowed(host, isRefusedRead)('dynamodb:GetItem', () => leadership.lead()),
    },
  };
}
