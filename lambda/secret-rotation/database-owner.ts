import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Database } from '../runtime/postgres/session';
import { credentialOf } from '../runtime/secret-fields';
import { accepts } from './database-users';
import { NotAccepted } from './errors';
import type { DatabaseInstance, Randomness } from './ports';
import type { Rotation } from './rotate';

const PASSWORD_LENGTH = 40;
const POLL_MS = 5_000;

/**
 * The master user, changed through the RDS API. RDS applies a new password within a minute or so, during which the
 * old one may end first: nobody but migrations and this function uses it.
 * @param deadline on the clock, in milliseconds: until then a test waits for RDS
 */
export function databaseOwner(
  secret: string,
  database: Database,
  instance: DatabaseInstance,
  random: Randomness,
  clock: Clock,
  deadline: number,
): Rotation {
  return {
    next: (current) => ({ ...current, password: random.password(PASSWORD_LENGTH) }),
    async set(pending) {
      const next = credentialOf(secret, pending);
      if (!(await accepts(database, next))) await instance.setMasterPassword(next.password);
    },
    async test(pending) {
      const next = credentialOf(secret, pending);
      for (;;) {
        let last = 'the login was refused.';
        try {
          if (await accepts(database, next)) return;
        } catch (error) {
          last = sentenceOf(error);
        }
        if (clock.now() + POLL_MS > deadline)
          throw new NotAccepted(`The database ${instance.identifier}`, last);
        await clock.sleep(POLL_MS);
      }
    },
  };
}
