import { HoldfastError } from '../runtime/errors';
import type { Reader } from './contract';
import { nameOfSecret } from './fields';

/** The function's environment does not say who reads a secret in the way it should. */
export class MalformedReaders extends HoldfastError {
  constructor(readonly problem: string) {
    super(`Who reads the rotated secrets is malformed in the function's environment: ${problem}.`);
  }
}

/**
 * @param listed the variable `SECRET_READERS`: JSON, name of a secret -> its readers; undefined if there is none
 * @param id name or ARN of a secret
 * @returns the services that read it; none if it is not listed
 * @throws {MalformedReaders}
 */
export function readersOf(listed: string | undefined, id: string): readonly Reader[] {
  if (!listed) return [];
  let all: unknown;
  try {
    all = JSON.parse(listed);
  } catch (error) {
    throw new MalformedReaders(`it is not JSON (${error instanceof Error ? error.message : error})`);
  }
  if (typeof all !== 'object' || all === null) throw new MalformedReaders('it is no JSON object');
  const name = nameOfSecret(id);
  const found: unknown = new Map(Object.entries(all)).get(name) ?? [];
  if (Array.isArray(found) && found.every(isReader)) return found;
  throw new MalformedReaders(`the readers of ${name} must be a list of region, cluster and service`);
}

function isReader(value: unknown): value is Reader {
  if (typeof value !== 'object' || value === null) return false;
  const { region, cluster, service } = value as Partial<Record<keyof Reader, unknown>>;
  return [region, cluster, service].every((text) => typeof text === 'string' && text !== '');
}
