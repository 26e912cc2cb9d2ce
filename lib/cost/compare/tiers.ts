import type { Platform } from '../../config/platform';
import { type Expectation, expectedOf } from '../../config/timings';
import { type Bill, billUsd, partsOf } from '../bill';
import { totalUsd } from '../part';
import { type Edit, variantOf } from '../variant';

export const SIZES_COMPARED = ['small', 'medium', 'large'] as const;
export const TIERS_COMPARED = ['pilot-light', 'warm', 'full'] as const;
export type ComparedSize = (typeof SIZES_COMPARED)[number];
export type ComparedTier = (typeof TIERS_COMPARED)[number];

/** What a platform would cost, and be worth, with another size and another standby. */
export interface Compared {
  readonly size: ComparedSize;
  readonly tier: ComparedTier;
  readonly usdPerMonth: number;
  /** Of it in the standby region. */
  readonly standbyUsdPerMonth: number;
  readonly expected: Expectation;
  /** Whether it is what the file says now. */
  readonly isNow: boolean;
}

/** @returns what a platform costs */
export type Reckon = (platform: Platform) => Promise<Bill>;

/** A platform file, as text and as read. */
export interface PlatformFile {
  readonly text: string;
  /** As it is to appear in messages. */
  readonly file: string;
  readonly platform: Platform;
}

/**
 * Every size with every tier of the standby. A size fills in only what the file leaves out, so figures that the file gives are
 * the same in all of them.
 */
export async function compareTiers(source: PlatformFile, reckon: Reckon): Promise<readonly Compared[]> {
  const found: Compared[] = [];
  for (const size of SIZES_COMPARED)
    for (const tier of TIERS_COMPARED) found.push(await compared(source, size, tier, reckon));
  return found;
}

async function compared(
  { text, file, platform: now }: PlatformFile,
  size: ComparedSize,
  tier: ComparedTier,
  reckon: Reckon,
): Promise<Compared> {
  const edits: readonly Edit[] = [
    { path: ['size'], value: size },
    { path: ['regions', 'standby', 'tier'], value: tier },
  ];
  const platform = variantOf(text, file, edits);
  const bill = await reckon(platform);
  const standby = partsOf(bill).filter(({ region }) => region === platform.regions.standby.name);
  return {
    size,
    tier,
    usdPerMonth: billUsd(bill),
    standbyUsdPerMonth: totalUsd(standby),
    expected: expectedOf(platform),
    isNow: now.size === size && now.regions.standby.tier === tier,
  };
}
