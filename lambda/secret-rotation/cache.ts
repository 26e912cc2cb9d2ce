import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import { field } from '../runtime/secret-fields';
import { CACHE_SECRET_FIELD } from './contract';
import { NotAccepted } from './errors';
import type { Cache, Randomness } from './ports';
import type { Rotation } from './rotate';

/** ElastiCache takes 16 to 128 characters. */
const TOKEN_LENGTH = 64;
const POLL_MS = 10_000;

/**
 * The token of the replication group. The strategy ROTATE keeps the token before, so that its readers live on until
 * the rotation after this one.
 * @param deadline on the clock, in milliseconds: until then a change is waited for
 */
export function cacheToken(
  secret: string,
  cache: Cache,
  random: Randomness,
  clock: Clock,
  deadline: number,
): Rotation {
  const waitFor = async (ready: () => Promise<string | undefined>): Promise<void> => {
    for (;;) {
      const missing = await ready();
      if (missing === undefined) return;
      if (clock.now() + POLL_MS > deadline) throw new NotAccepted(`The cache ${cache.identifier}`, missing);
      await clock.sleep(POLL_MS);
    }
  };
  /** @returns why the cache is not ready to be changed or asked */
  const busy = async (): Promise<string | undefined> => {
    const { status } = await cache.state();
    return status === 'available' ? undefined : `its status is ${status}.`;
  };
  /** @returns why the token does not work; a cache that cannot be reached is asked again */
  const refusal = async (token: string): Promise<string | undefined> => {
    const state = await cache.state();
    if (state.status !== 'available') return `its status is ${state.status}.`;
    try {
      return (await cache.accepts(state, token)) ? undefined : 'the token was refused.';
    } catch (error) {
      return sentenceOf(error);
    }
  };
  return {
    next: (current) => ({ ...current, [CACHE_SECRET_FIELD]: random.password(TOKEN_LENGTH) }),
    async set(pending) {
      const token = field(secret, pending, CACHE_SECRET_FIELD);
      await waitFor(busy);
      if (await cache.accepts(await cache.state(), token)) return;
      await cache.rotateToken(token);
      await waitFor(() => refusal(token));
    },
    test: (pending) => waitFor(() => refusal(field(secret, pending, CACHE_SECRET_FIELD))),
  };
}
