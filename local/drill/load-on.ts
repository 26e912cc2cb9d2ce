import { randomUUID } from 'node:crypto';
import { ALIAS_TTL_SECONDS } from '../dns/resolver';
import { Load } from '../load/load';
import type { World } from './world';

export const LOAD = { clients: 12, perSecond: 60, writes: 0.5 } as const;
/** Clients give a request up sooner than their users do. */
const TIMEOUT_MS = 4_000;

/** @param path of a request that reaches a service with a database @returns the load of one drill, not started yet */
export function loadOn(world: World, path: string): Load {
  return new Load({
    ...LOAD,
    host: world.platform.domain.name,
    path,
    ca: world.aws.databases.files.publicCa,
    resolve: () => world.resolve(),
    sideOf: (region) => world.sideOf(region),
    ttlMs: (ALIAS_TTL_SECONDS * 1000) / world.pace.factor,
    timeoutMs: TIMEOUT_MS,
    // One deployment may have several drills, and what one wrote must not stand for what another did.
    prefix: `${randomUUID().slice(0, 8)}-`,
  });
}
