import { isDeepStrictEqual } from 'node:util';
import { HoldfastError } from '../../runtime/errors';
import { QUEUE_LOGIN_SUFFIX } from '../contract';
import type { Secrets } from '../ports';
import { forEach } from './request';
import type { ListedSecret, SecretsManager } from './secrets-manager';

/** Whether a secret under the platform's prefix is one that each region has for itself and that is never copied. */
export const isOfEachRegion = (name: string): boolean =>
  name === 'cache' || name.endsWith(QUEUE_LOGIN_SUFFIX);

/** A secret is meant to belong to a region that it is only copied to. */
export class NotOurs extends HoldfastError {
  constructor(
    readonly secret: string,
    readonly primaryRegion: string,
  ) {
    super(`The secret ${secret} is a copy of the one in ${primaryRegion}, and cannot be copied from here.`);
  }
}

/** Both regions, as a region's agent sees them. */
export interface SecretPlaces {
  readonly prefix: string;
  readonly own: { readonly region: string; readonly api: SecretsManager };
  readonly other: { readonly region: string; readonly api: SecretsManager };
  /** Alias of the key that encrypts copies in the other region. */
  readonly replicaKey: string;
}

/** The platform's copied secrets. */
export function replicatedSecrets(places: SecretPlaces): Secrets {
  const { own, other, prefix } = places;
  return {
    async detach() {
      const copies = (await own.api.list(prefix)).filter((secret) => isCopyIn(own.region, secret));
      await forEach('Detaching secrets', copies, nameOfSecret, ({ name }) => own.api.detach(name));
    },
    async reattach() {
      const [here, there] = await Promise.all([own.api.list(prefix), other.api.list(prefix)]);
      const attached = new Set(there.filter((one) => one.primaryRegion === own.region).map(nameOfSecret));
      const copied = here.filter(
        ({ name }) => !attached.has(name) && !isOfEachRegion(name.slice(prefix.length)),
      );
      await forEach('Copying secrets again', copied, nameOfSecret, (secret) => attach(places, secret));
    },
  };
}

/**
 * The other region leads, so its value wins; it must be here before the copying starts, because that writes over the
 * one there. A secret without a value there, or that is not there at all, has nothing to win.
 */
async function attach({ own, other, replicaKey }: SecretPlaces, secret: ListedSecret): Promise<void> {
  const { name, primaryRegion } = secret;
  if (primaryRegion !== undefined && isCopyIn(own.region, secret)) throw new NotOurs(name, primaryRegion);
  const leading = await other.api.current(name);
  if (leading && !isDeepStrictEqual(leading, await own.api.current(name))) await own.api.put(name, leading);
  await own.api.replicate(name, other.region, replicaKey);
}

const isCopyIn = (region: string, { primaryRegion }: ListedSecret): boolean =>
  primaryRegion !== undefined && primaryRegion !== region;
const nameOfSecret = ({ name }: ListedSecret): string => name;
