import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import { text } from '../runtime/properties';
import { WAIT_SECONDS_MAX } from './contract';
import { type Asked, lookSafely, parseAsked } from './look';
import type { Cloud } from './ports';

const POLL_MS = 5_000;
/** The host's deadline is 10 s before the function ends; this keeps 10 s more. */
const MARGIN_MS = 10_000;

/** The new tasks run, and some of them cannot do their work. */
export class NotReady extends HoldfastError {
  constructor(
    readonly service: string,
    readonly seconds: number,
    readonly last: string,
  ) {
    super(
      `The new tasks of ${service} did not become ready within ${seconds} s. Last seen: ${last} Look in the log of the ` +
        'service for what they wait for. CloudFormation brings the revision before back.',
    );
  }
}

export interface Gated extends Asked {
  /** ARN of the revision whose tasks are asked. */
  readonly definition: string;
}

/**
 * Holds a stack until the tasks of a rolling deployment are ready.
 * @param before ARN of the revision that the resource had before
 */
export function gate(cloud: Cloud, before: string | undefined): CustomResource<Gated> {
  const ask = async (gated: Gated, host: Host): Promise<Outcome> => {
    // A stack that is rolled back must end: what runs again was ready once, and nobody else is left to run.
    if (isOlder(gated.definition, before))
      return { sentence: `${gated.service} is back at the revision before; it is not asked.` };
    return { sentence: await wait(gated, cloud, host) };
  };
  return {
    parse: (properties) => ({
      ...parseAsked(properties),
      definition: text(properties, 'TaskDefinition'),
    }),
    physicalId: ({ cluster, service }) => `${cluster}/${service}`,
    create: ask,
    update: ask,
    async delete() {},
  };
}

/** @throws {NotReady} after the time that the platform file gives, or 20 s before the function's own time ends */
async function wait(gated: Gated, cloud: Cloud, { clock, deadline, log }: Host): Promise<string> {
  const begun = clock.now();
  const end = Math.min(begun + Math.min(gated.waitMs, WAIT_SECONDS_MAX * 1000), deadline - MARGIN_MS);
  for (;;) {
    const { ready, sentence } = await lookSafely(gated, gated.definition, cloud);
    if (ready) return sentence;
    log('readiness', { sentence });
    const now = clock.now();
    if (now + POLL_MS > end) throw new NotReady(gated.service, Math.round((now - begun) / 1000), sentence);
    await clock.sleep(POLL_MS);
  }
}

/** Revisions of a family are numbered: `...:task-definition/<family>:<number>`. */
function isOlder(definition: string, before: string | undefined): boolean {
  const [family, number] = revisionOf(definition);
  const [familyBefore, numberBefore] = revisionOf(before ?? '');
  return family === familyBefore && number < numberBefore;
}

function revisionOf(definition: string): readonly [string, number] {
  const at = definition.lastIndexOf(':');
  return [definition.slice(0, at), Number(definition.slice(at + 1))];
}
