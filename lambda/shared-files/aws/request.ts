import { SSMClient } from '@aws-sdk/client-ssm';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { HoldfastError } from '../../runtime/errors';
import { ask, type SignedRequest } from '../../runtime/signed';

/** Of one request, in milliseconds. What failed is tried again by the next run. */
export const REQUEST_MS = 8_000;

/** AWS answered with something that its documentation does not know. */
export class Unreadable extends HoldfastError {
  constructor(
    readonly operation: string,
    readonly field: string,
  ) {
    super(`${operation}: AWS answered without a readable ${field}.`);
  }
}

/** Sends one request and returns its answer, as JSON. `operation` is what it does, as the beginning of a sentence. */
export type Rest = (operation: string, request: SignedRequest) => Promise<unknown>;

/**
 * A service of AWS that has no client of the age of the others here, by its REST interface.
 * @param service as in signatures and addresses: `elasticfilesystem` or `backup`
 * @param endpoint another one than that of AWS
 */
export function restOf(
  service: string,
  region: string,
  { clock, endpoint }: { readonly clock: Clock; readonly endpoint: string | undefined },
): Rest {
  // Any client of the SDK finds the credentials of the function; this one is asked for nothing else.
  const { credentials } = new SSMClient({ region }).config;
  return (operation, request) =>
    attempt(clock, REQUEST_MS, operation, (signal) =>
      ask({ service, region, credentials, endpoint }, request, signal),
    );
}

/** @returns the fields of a JSON object; none of anything else */
export const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);

/** @returns the list in a field of an answer; an empty one if it has none */
export function listIn(answer: unknown, field: string): readonly unknown[] {
  const value = fieldsOf(answer).get(field);
  return Array.isArray(value) ? value : [];
}

/** @throws {Unreadable} unless the field is a text with at least one character */
export function textIn(operation: string, value: unknown, field: string): string {
  const text = fieldsOf(value).get(field);
  if (typeof text === 'string' && text !== '') return text;
  throw new Unreadable(operation, field);
}
