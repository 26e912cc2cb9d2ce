import type { Clock } from './clock';
import type { Request } from './custom-resource-request';
import { HoldfastError, sentenceOf } from './errors';
import type { Log } from './log';

/** Begins the identity of a resource whose creation failed, so that its deletion is recognised. */
export const FAILED_CREATION = 'never-created-';
/** CloudFormation drops a longer answer without a word. */
export const REPLY_BYTES_MAX = 4096;
const ATTEMPTS = 5;
const ATTEMPT_MS = 4_000;
const FIRST_PAUSE_MS = 250;

export interface Reply {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly noEcho?: boolean;
}

/** Sends `body` by HTTP PUT, and gives the status code of the answer. */
export type Put = (url: string, body: string, timeoutMs: number) => Promise<number>;

/** No answer got through: CloudFormation still waits. Failing the invocation makes Lambda start it again. */
export class AnswerUndelivered extends HoldfastError {
  constructor(
    readonly attempts: number,
    readonly last: string,
  ) {
    super(
      `CloudFormation did not take the answer in ${attempts} attempts; the last one ended with: ${last}.`,
    );
  }
}

/** @returns the body of the answer, in at most 4096 bytes */
export function replyBody(request: Request, reply: Reply): string {
  const whole = encode(request, reply);
  const excess = Buffer.byteLength(whole) - REPLY_BYTES_MAX;
  if (excess <= 0) return whole;
  const bare = encode(request, { ...reply, reason: '' });
  if (Buffer.byteLength(bare) > REPLY_BYTES_MAX) {
    // Data is what fills it: half of it would be worse than none.
    const { data: _, ...rest } = reply;
    const reason = `The attributes take more than the ${REPLY_BYTES_MAX} bytes that CloudFormation accepts.`;
    return encode(request, { ...rest, status: 'FAILED', reason });
  }
  return encode(request, { ...reply, reason: shorten(request, reply) });
}

/** The longest beginning of the reason with which the answer fits. */
function shorten(request: Request, reply: Reply): string {
  const characters = [...(reply.reason ?? '')];
  const fits = (length: number): boolean =>
    Buffer.byteLength(encode(request, { ...reply, reason: cut(characters, length) })) <= REPLY_BYTES_MAX;
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return cut(characters, low);
}

const cut = (characters: readonly string[], length: number): string =>
  length === 0 ? '' : `${characters.slice(0, length).join('')}…`;

function encode(request: Request, reply: Reply): string {
  return JSON.stringify({
    Status: reply.status,
    // CloudFormation demands a reason of a failure.
    Reason: reply.reason ?? (reply.status === 'SUCCESS' ? 'Done.' : 'The function gave no reason.'),
    PhysicalResourceId: reply.physicalId,
    StackId: request.StackId,
    RequestId: request.RequestId,
    LogicalResourceId: request.LogicalResourceId,
    ...(reply.noEcho ? { NoEcho: true } : {}),
    ...(reply.data ? { Data: reply.data } : {}),
  });
}

/**
 * Sends the answer, up to five times with growing pauses (together within the margin that `serve` keeps, unless every
 * attempt hangs).
 * @throws {AnswerUndelivered}
 */
export async function deliver(
  request: Request,
  reply: Reply,
  host: { readonly clock: Clock; readonly log: Log; readonly put: Put },
): Promise<void> {
  const body = replyBody(request, reply);
  let last = '';
  for (let number = 1; number <= ATTEMPTS; number += 1) {
    try {
      const status = await host.put(request.ResponseURL, body, ATTEMPT_MS);
      if (status >= 200 && status < 300) return;
      last = `HTTP ${status}`;
    } catch (error) {
      last = sentenceOf(error);
    }
    host.log('custom-resource-answer-refused', { attempt: number, last });
    if (number < ATTEMPTS) await host.clock.sleep(FIRST_PAUSE_MS * 2 ** (number - 1));
  }
  throw new AnswerUndelivered(ATTEMPTS, last);
}
