import { STSClient } from '@aws-sdk/client-sts';
import { attempt } from '../../../lambda/runtime/attempt';
import { systemClock } from '../../../lambda/runtime/clock';
import { nameOf } from '../../../lambda/runtime/errors';
import { EDGE_REGION } from '../../../lib/config/names';
import { CallFailed } from '../failures';
import type { Action } from '../policy';

/** One question with its retries. AWS answers these in well under a second; a region in trouble may never. */
const CALL_MS = 15_000;
const ATTEMPTS = 3;

/**
 * @param milliseconds for one question with its retries, unless the question says otherwise
 * @returns what asks AWS one thing, for a limited time. `action` is the permission that it needs; also how a failure names
 *   it. It throws CallFailed.
 */
export const caller =
  <A extends string>(milliseconds: number) =>
  async <T>(
    action: A,
    region: string,
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
    patience = milliseconds,
  ): Promise<T> => {
    try {
      return await attempt(systemClock, patience, action, (abortSignal) => send({ abortSignal }));
    } catch (error) {
      throw new CallFailed(action, region, error);
    }
  };

export const call = caller<Action>(CALL_MS);

/** The answer, or undefined if AWS says by one of these names that the thing does not exist. */
export async function orAbsent<T>(answer: Promise<T>, ...absent: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CallFailed && absent.includes(nameOf(error.cause))) return undefined;
    throw error;
  }
}

export interface ClientConfig {
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: STSClient['config']['credentials'];
}

/** Makes clients that find the credentials once for all of them: a session of SSO costs two calls each time. */
export function clients(): <C>(make: (config: ClientConfig) => C) => (region: string) => C {
  const { credentials } = new STSClient({ region: EDGE_REGION }).config;
  return (make) => {
    const made = new Map<string, ReturnType<typeof make>>();
    return (region) => {
      const client = made.get(region) ?? make({ region, maxAttempts: ATTEMPTS, credentials });
      made.set(region, client);
      return client;
    };
  };
}
export type Clients = ReturnType<typeof clients>;

/** Asks once per key and gives everybody the same answer, also while it is under way. */
export function once<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}

/** All items of all pages. */
export async function all<P, T>(
  pages: AsyncIterable<P>,
  items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}
