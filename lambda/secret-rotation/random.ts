import { field } from '../runtime/secret-fields';
import { RANDOM_SECRET_FIELD } from './contract';
import type { Randomness } from './ports';
import type { Rotation } from './rotate';

const LENGTH = 48;

/** A value that only its readers know: there is nothing to put it into force in. */
export function randomValue(secret: string, random: Randomness): Rotation {
  return {
    next: (current) => ({ ...current, [RANDOM_SECRET_FIELD]: random.password(LENGTH) }),
    async set() {},
    async test(pending) {
      field(secret, pending, RANDOM_SECRET_FIELD);
    },
  };
}
