import { attempt } from './attempt';
import type { Clock } from './clock';
import { deliver, FAILED_CREATION, type Put, type Reply } from './custom-resource-reply';
import type { RawProperties, Request } from './custom-resource-request';
import { HoldfastError, sentenceOf, TimedOut } from './errors';
import type { Log } from './log';

/**
 * The protocol of CloudFormation's custom resources. A stack waits up to an hour for an answer that never comes, and
 * cannot be rolled back or deleted meanwhile. So: every request is answered, whatever happens in between and before
 * the function's own time ends; an answer that did not get through fails the invocation, which Lambda then repeats
 * (every resource here is idempotent); a resource that could not be created can always be deleted, so a creation that
 * fails must leave nothing behind.
 */

export type { RawProperties, Request } from './custom-resource-request';

/** The part of Lambda's context in use. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** What a resource may use while it works. */
export interface Host {
  readonly clock: Clock;
  readonly log: Log;
  /** On the clock above, in milliseconds: work must have ended by then, or a failure is reported in its place. */
  readonly deadline: number;
}

/** What a resource has become. */
export interface Outcome {
  /** Attributes for `Fn::GetAtt`. */
  readonly data?: Readonly<Record<string, string>>;
  /** Hides the attributes from whoever describes the stack. */
  readonly noEcho?: boolean;
  /** One sentence for the stack's events. */
  readonly sentence?: string;
}

export interface CustomResource<P> {
  /** @throws {BadProperties} */
  parse(properties: RawProperties): P;
  /** Identity: if it differs on an update, CloudFormation deletes the old one afterwards. */
  physicalId(properties: P): string;
  create(properties: P, host: Host): Promise<Outcome>;
  update(properties: P, host: Host): Promise<Outcome>;
  delete(properties: P, host: Host): Promise<void>;
}

/** A property is absent or has no sense. */
export class BadProperties extends HoldfastError {
  constructor(
    readonly property: string,
    expected: string,
    readonly found: unknown,
  ) {
    super(`The property ${property} must be ${expected}, but is ${JSON.stringify(found) ?? 'absent'}.`);
  }
}

/** Time kept for the answer itself, in milliseconds. */
export const ANSWER_MARGIN_MS = 10_000;

export interface Runtime {
  readonly clock: Clock;
  readonly log: Log;
  readonly put: Put;
}

/**
 * Does what the request asks for and answers it.
 * @param make builds the resource; what it throws is answered too
 * @throws {AnswerUndelivered} if no answer got through
 */
export async function serve<P>(
  make: () => CustomResource<P>,
  request: Request,
  context: Context,
  runtime: Runtime,
): Promise<void> {
  const { clock, log } = runtime;
  const remaining = context.getRemainingTimeInMillis();
  // A function with little time keeps a third of it.
  const budget = remaining - Math.min(ANSWER_MARGIN_MS, remaining / 3);
  const host: Host = { clock, log, deadline: clock.now() + budget };
  const about = {
    type: request.ResourceType,
    request: request.RequestType,
    resource: request.LogicalResourceId,
  };
  log('custom-resource-request', about);
  const reply = await decideReply(make, request, host, budget);
  log('custom-resource-reply', { ...about, status: reply.status, reason: reply.reason });
  await deliver(request, reply, runtime);
}

async function decideReply<P>(
  make: () => CustomResource<P>,
  request: Request,
  host: Host,
  budget: number,
): Promise<Reply> {
  const doing = `${request.RequestType} of ${request.LogicalResourceId}`;
  if (request.RequestType === 'Delete' && request.PhysicalResourceId?.startsWith(FAILED_CREATION)) {
    // A second try may have made it since, under its real identity: what was never there is not touched.
    return { status: 'SUCCESS', physicalId: request.PhysicalResourceId, reason: 'It was never created.' };
  }
  try {
    return await attempt(host.clock, budget, doing, () => run(make(), request, host));
  } catch (error) {
    host.log('custom-resource-error', { doing, error: sentenceOf(error) });
    const reason =
      error instanceof TimedOut && error.operation === doing
        ? `The time of the function ended before the ${doing} was done. It may be repeated safely.`
        : sentenceOf(error);
    if (request.RequestType === 'Create') {
      return { status: 'FAILED', reason, physicalId: `${FAILED_CREATION}${request.RequestId}` };
    }
    return { status: 'FAILED', reason, physicalId: request.PhysicalResourceId ?? request.LogicalResourceId };
  }
}

async function run<P>(resource: CustomResource<P>, request: Request, host: Host): Promise<Reply> {
  const properties = resource.parse(request.ResourceProperties);
  if (request.RequestType === 'Delete') {
    await resource.delete(properties, host);
    const physicalId = request.PhysicalResourceId ?? resource.physicalId(properties);
    return { status: 'SUCCESS', physicalId };
  }
  const outcome =
    request.RequestType === 'Create'
      ? await resource.create(properties, host)
      : await resource.update(properties, host);
  return {
    status: 'SUCCESS',
    physicalId: resource.physicalId(properties),
    ...(outcome.sentence === undefined ? {} : { reason: outcome.sentence }),
    ...(outcome.data === undefined ? {} : { data: outcome.data }),
    ...(outcome.noEcho === undefined ? {} : { noEcho: outcome.noEcho }),
  };
}
