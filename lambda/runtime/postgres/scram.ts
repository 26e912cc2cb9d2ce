import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** PostgreSQL's own defaults (scram-common.h). */
const ITERATIONS = 4_096;
export const SALT_BYTES = 16;
const KEY_BYTES = 32;

/**
 * What PostgreSQL stores of a password (RFC 5803). Sent in its place, the password itself never reaches the server's
 * logs or statistics.
 * @param password in ASCII, so that it needs no preparation of its characters
 */
export function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const keyed = (word: string): Buffer => createHmac('sha256', salted).update(word).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  const server = keyed('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`;
}
