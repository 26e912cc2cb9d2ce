import { canonical, compareText, named } from './canonical';
import type { Leadership, Platform } from './platform';
import { resolveBackup } from './resolve-backup';
import { resolveCache, resolveDatabase, resolveQueues } from './resolve-data';
import { resolveService } from './resolve-service';
import type { PlatformDocument } from './schema/platform';
import { SIZES } from './sizes';
import { watchSeconds } from './timings';
import { unused } from './unused';

/**
 * Fills in everything that depends on the size preset or on other fields.
 * @param document a document that keeps the schema and all rules
 * @returns the complete platform, frozen; the order in which the file is written does not reach it
 * @throws RangeError if the document breaks a rule that `checkRules` would have reported
 */
export function resolvePlatform(document: PlatformDocument): Platform {
  const notes: string[] = [];
  const { network } = document;
  const preset = SIZES[document.size];
  const services = Object.keys(document.services)
    .sort(compareText)
    .map((name) => resolveService(document, name, notes));
  const database = resolveDatabase(document, notes);
  const cache = resolveCache(document, notes);
  return canonical({
    ...document,
    leadership: resolveLeadership(document),
    services,
    database,
    cache,
    buckets: named(document.buckets),
    queues: resolveQueues(document),
    secrets: named(document.secrets),
    backup: resolveBackup(document, notes),
    network: {
      natPerZone: network.natPerZone ?? preset.natPerZone,
      interfaceEndpoints: [...(network.interfaceEndpoints ?? preset.interfaceEndpoints)].sort(),
    },
    notes: [...notes, ...unused(document)],
  }) as Platform;
}

function resolveLeadership({ leadership, regions }: PlatformDocument): Leadership {
  const [first, second, third] = leadership.regions ?? [];
  return {
    ...leadership,
    regions: [first ?? regions.home.name, second ?? regions.standby.name, third ?? regions.witness.name],
    watchSeconds: watchSeconds(leadership),
  };
}
