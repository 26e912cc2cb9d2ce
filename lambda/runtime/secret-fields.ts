import { HoldfastError } from './errors';
import type { Credential } from './postgres/session';

/** Names the field, never a value. */
export class MalformedSecret extends HoldfastError {
  constructor(
    readonly secret: string,
    readonly problem: string,
  ) {
    super(`The secret ${secret} is malformed: ${problem}.`);
  }
}

/** A secret is a JSON object; fields that we do not know are kept as they are. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws {MalformedSecret} naming the secret, never its content */
export function parseFields(secret: string, value: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    // The parser's own message quotes the text.
    throw new MalformedSecret(secret, 'it is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MalformedSecret(secret, 'it is no JSON object');
  }
  return parsed as Fields;
}

/** @throws {MalformedSecret} */
export function field(secret: string, fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new MalformedSecret(secret, `its field ${name} is no text`);
}

/** @throws {MalformedSecret} */
export function credentialOf(secret: string, fields: Fields): Credential {
  return { username: field(secret, fields, 'username'), password: field(secret, fields, 'password') };
}

/** Secrets Manager adds a hyphen and six characters to a name to make its ARN. */
export function nameOfSecret(id: string): string {
  const [, name] = /^arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:(.+)-[A-Za-z0-9]{6}$/.exec(id) ?? [];
  return name ?? id;
}
