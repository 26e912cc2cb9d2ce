import { HoldfastError } from '../runtime/errors';
import type { Traffic, Weights } from './ports';
import type { GatedService } from './service';

/**
 * Where the traffic of a service goes at this moment. ECS moves it between the two groups of a pair and leaves it where a
 * deployment has ended, so which of the two serves is in no template. A rule of the template that said so by itself would
 * send everybody back to a group without a task as soon as anything else of that rule changes. So the template asks, and
 * repeats the answer.
 */

/** Before the first deployment, and for a service without pairs. */
const ALL_BLUE: Weights = { blue: 100, green: 0 };

/** A deployment is moving the traffic: a stack that repeated these weights would set them again later. */
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

/** @throws {ShiftUnderWay} {@link AlternateServes} */
export async function weightsOf(
  { cluster, service, paired }: GatedService,
  traffic: Traffic,
): Promise<Weights> {
  const present = await traffic.weights(cluster, service);
  if (!present) return ALL_BLUE;
  if (present.blue > 0 && present.green > 0) throw new ShiftUnderWay(service, present);
  if (!paired && present.green > 0) throw new AlternateServes(service);
  // Neither: the rule was changed by hand, and says nothing about where the tasks are.
  if (present.blue === 0 && present.green === 0) return ALL_BLUE;
  return present;
}
