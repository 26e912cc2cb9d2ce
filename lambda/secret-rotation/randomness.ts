import { randomBytes, randomInt } from 'node:crypto';
import type { Randomness } from './ports';

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The host's cryptographic source. */
export const systemRandomness: Randomness = {
  password: (length) =>
    Array.from({ length }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join(''),
  bytes: (length) => randomBytes(length),
};
