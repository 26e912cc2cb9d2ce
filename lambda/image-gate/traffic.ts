import type { Host } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import type { Traffic, Weights } from './ports';
import type { GatedService } from './service';

/**
 * Where the traffic of a service goes at this moment. ECS moves it between the two groups of a pair and leaves it where a
 * deployment has ended, so which of the two serves is in no template. A rule of the template that said so by itself would
 * send everybody back to a group without a task as soon as anything else of that rule changes. So the template asks, and
 * repeats the answer. While a deployment moves the traffic there is no answer that would still be right when the stack uses
 * it, so the end of that is waited for: also a stack that goes back comes by here, and must be able to end.
 */

const POLL_MS = 10_000;
/** Time kept for what the gate asks afterwards, in milliseconds. */
const MARGIN_MS = 20_000;

/** Before the first deployment, and for a service without pairs. */
const ALL_BLUE: Weights = { blue: 100, green: 0 };

/** A deployment went on moving the traffic for as long as the function has time: a stack that repeated these weights would set them again later. */
export class ShiftUnderWay extends HoldfastError {
  constructor(
    readonly service: string,
    readonly weights: Weights,
  ) {
    super(
      `A deployment of ${service} is moving its traffic just now (${weights.blue} to ${weights.green}); nothing was ` +
        'changed. Deploy again when npx holdfast status shows it complete.',
    );
  }
}

/** The file asks for rolling deployments, whose only group is the one that serves nobody just now. */
export class AlternateServes extends HoldfastError {
  constructor(readonly service: string) {
    super(
      `The tasks of ${service} are in the alternate target group, which a rolling deployment does not have; nothing was ` +
        'changed. Deploy once more with the present strategy, which takes them back to the first group, then change it.',
    );
  }
}

/** @throws {ShiftUnderWay} when the time of the host is nearly over; {@link AlternateServes} */
export async function weightsOf(
  service: GatedService,
  traffic: Traffic,
  { clock, deadline, log }: Host,
): Promise<Weights> {
  for (;;) {
    const present = await traffic.weights(service.cluster, service.service);
    if (!present || present.blue === 0 || present.green === 0) return repeated(service, present);
    if (clock.now() + POLL_MS > deadline - MARGIN_MS) throw new ShiftUnderWay(service.service, present);
    log('shift-under-way', { service: service.service, ...present });
    await clock.sleep(POLL_MS);
  }
}

/** What the template repeats of weights that nobody is moving. */
function repeated({ service, paired }: GatedService, present: Weights | undefined): Weights {
  if (!present) return ALL_BLUE;
  if (!paired && present.green > 0) throw new AlternateServes(service);
  // Neither: the rule was changed by hand, and says nothing about where the tasks are.
  if (present.blue === 0 && present.green === 0) return ALL_BLUE;
  return present;
}
