import type { BackupSettings } from '../contract';
import type { Both, Inventory } from '../ports';
import { look, type Seen } from '../seen';
import type { RegionManifest } from './manifest';

interface Collected {
  readonly regions: Both<Partial<RegionManifest>>;
  /** Why a part of a region is absent, one sentence each. */
  readonly missing: Both<readonly string[]>;
}

/** Asks both regions for everything, each part regardless of the others. */
export async function collect(inventory: Both<Inventory>, settings: BackupSettings): Promise<Collected> {
  const { stackPrefixes } = settings.configuration;
  const [own, other] = await Promise.all([
    collectRegion(inventory.own, stackPrefixes.own, settings),
    collectRegion(inventory.other, stackPrefixes.other, settings),
  ]);
  return {
    regions: { own: own.parts, other: other.parts },
    missing: {
      own: own.missing.map((why) => `${settings.own}: ${why}`),
      other: other.missing.map((why) => `${settings.other}: ${why}`),
    },
  };
}

async function collectRegion(
  inventory: Inventory,
  stackPrefix: string,
  { configuration: { secretPrefix, cluster }, database, cache }: BackupSettings,
): Promise<{ readonly parts: Partial<RegionManifest>; readonly missing: readonly string[] }> {
  const groups = { database: database?.identifier, cache: cache?.replicationGroup };
  const [secrets, stacks, images, parameterGroups] = await Promise.all([
    look(() => inventory.secrets(secretPrefix)),
    look(() => inventory.stacks(stackPrefix)),
    look(() => inventory.images(cluster)),
    look(() => inventory.parameterGroups(groups)),
  ]);
  const parts = {
    ...(secrets.known && { secrets: secrets.value }),
    ...(stacks.known && { stacks: stacks.value }),
    ...(images.known && { images: images.value }),
    ...(parameterGroups.known && { parameterGroups: parameterGroups.value }),
  };
  const all: readonly Seen<unknown>[] = [secrets, stacks, images, parameterGroups];
  return { parts, missing: all.flatMap((one) => (one.known ? [] : [one.why])) };
}
