import { randomUUID } from 'node:crypto';
import { ALIAS_TTL_SECONDS } from '../dns/resolver';
import { Load } from '../load/load';
import type { World } from './world';

/** How much is asked for. */
export interface LoadSize {
  readonly clients: number;
  /** Requests of all clients together, whether earlier ones have been answered or not. */
  readonly perSecond: number;
}

/** What a machine of two cores answers beside two regions of servers and functions. */
export const USUAL_LOAD: LoadSize = { clients: 12, perSecond: 60 };
/** Share of the requests that write. */
const WRITES = 0.5;
/** Clients give a request up sooner than their users do. */
const TIMEOUT_MS = 4_000;

/** @param path of a request that reaches a service with a database @returns the load of one drill, not started yet */
export function loadOn(world: World, path: string, size: LoadSize): Load {
  return new Load({
    ...size,
    writes: WRITES,
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
