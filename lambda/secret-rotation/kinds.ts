import { HoldfastError } from '../runtime/errors';
import { nameOfSecret } from '../runtime/secret-fields';
import type { SecretKind } from './contract';

const KINDS: readonly SecretKind[] = [
  'database-owner',
  'database-application',
  'database-agent',
  'database-archive',
  'database-monitor',
  'cache',
  'random',
];

/** The function does not know how to rotate a secret. */
export class UnknownKind extends HoldfastError {
  constructor(
    readonly secret: string,
    readonly found: unknown,
  ) {
    super(
      `How the secret ${secret} is rotated is not known: ${JSON.stringify(found) ?? 'it is not listed'}.`,
    );
  }
}

/**
 * @param listed the variable `ROTATED_SECRETS`: JSON, name of a secret -> its kind
 * @param id name or ARN of a secret
 * @throws {UnknownKind}
 */
export function kindOf(listed: string, id: string): SecretKind {
  const name = nameOfSecret(id);
  const kinds: unknown = JSON.parse(listed);
  const found =
    typeof kinds === 'object' && kinds !== null ? new Map(Object.entries(kinds)).get(name) : undefined;
  const kind = KINDS.find((one) => one === found);
  if (!kind) throw new UnknownKind(name, found);
  return kind;
}
