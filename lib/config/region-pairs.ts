import { AWS_REGIONS, MRSC_SETS } from './aws-regions';
import { didYouMean, oneOf } from './suggest';

/** The regions of a platform. */
export interface RegionChoice {
  readonly home: string;
  readonly standby: string;
  readonly witness: string;
  /** The regions of the leadership table, only where home, standby and witness cannot hold it. */
  readonly leadership?: readonly string[];
}

/**
 * Standby that is proposed for a home: in the same set of strongly consistent regions, far enough to fail apart from it,
 * near enough for a replica.
 */
const STANDBYS: ReadonlyMap<string, string> = new Map([
  ['us-east-1', 'us-west-2'],
  ['us-east-2', 'us-west-2'],
  ['us-west-2', 'us-east-1'],
  ['eu-central-1', 'eu-west-1'],
  ['eu-west-1', 'eu-central-1'],
  ['eu-west-2', 'eu-west-1'],
  ['eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-3'],
  ['ap-northeast-2', 'ap-northeast-1'],
  ['ap-northeast-3', 'ap-northeast-1'],
]);

/** Standby for a home outside of the sets, by its part of the world. */
const NEAR: readonly (readonly [RegExp, string])[] = [
  [/^(eu|il|af|me)-/, 'eu-west-1'],
  [/^ap-/, 'ap-northeast-1'],
];

/** Homes that are proposed first. */
export const PROPOSED_HOMES: readonly string[] = [...STANDBYS.keys()];

/**
 * Fills in what is not chosen of home, standby and witness.
 * @throws RangeError with a sentence if a region does not exist, is named twice, or has too few zones
 */
export function chooseRegions(asked: {
  readonly home?: string | undefined;
  readonly standby?: string | undefined;
  readonly witness?: string | undefined;
}): RegionChoice {
  const home = asked.home ?? freeHome(asked);
  const standby = asked.standby ?? proposedStandby(home, asked.witness);
  const set =
    MRSC_SETS.find((one) =>
      asked.witness ? one.includes(asked.witness) : one.includes(home) && one.includes(standby),
    ) ??
    MRSC_SETS.find((one) => one.includes(standby) || one.includes(home)) ??
    MRSC_SETS[0] ??
    [];
  const witness = asked.witness ?? set.findLast((name) => name !== home && name !== standby) ?? '';
  for (const name of [home, standby, witness]) checkRegion(name);
  for (const name of [home, standby]) zonesOf(name);
  if (new Set([home, standby, witness]).size < 3) {
    throw new RangeError(
      `${home}, ${standby} and ${witness}: home, standby and witness are three different regions.`,
    );
  }
  const places = [home, standby, witness];
  if (places.every((name) => set.includes(name))) return { home, standby, witness };
  const members = [witness, ...places, ...set].filter((name) => set.includes(name));
  return { home, standby, witness, leadership: [...new Set(members)].slice(0, 3) };
}

const freeHome = ({
  standby,
  witness,
}: {
  standby?: string | undefined;
  witness?: string | undefined;
}): string => PROPOSED_HOMES.find((name) => name !== standby && name !== witness) ?? 'us-east-1';

function proposedStandby(home: string, witness: string | undefined): string {
  const near = STANDBYS.get(home) ?? NEAR.find(([world]) => world.test(home))?.[1] ?? 'us-east-1';
  if (near !== witness) return near;
  const set = MRSC_SETS.find((one) => one.includes(near)) ?? [];
  return set.find((name) => name !== home && name !== witness) ?? near;
}

/** @throws RangeError if Holdfast does not know the region */
function checkRegion(name: string): void {
  if (AWS_REGIONS.includes(name)) return;
  throw new RangeError(
    `${name} is no region that Holdfast knows;${didYouMean(name, AWS_REGIONS)} allowed: ${oneOf(AWS_REGIONS)}.`,
  );
}

/**
 * Zones of regions whose first three letters are not a, b and c, as new accounts see them.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['ap-northeast-1', 'acd'],
  ['ca-central-1', 'abd'],
  ['us-west-1', 'ac'],
]);

/**
 * Three zones of a region.
 * @throws RangeError if the region has fewer
 */
export function zonesOf(region: string): string[] {
  const letters = LETTERS.get(region) ?? 'abc';
  if (letters.length >= 3) return [...letters].map((letter) => `${region}${letter}`);
  throw new RangeError(
    `${region} offers ${letters.length} Availability Zones to new accounts; a platform needs three.`,
  );
}
