import type { Platform } from '../../lib/config/platform';
import { type BuiltRegion, builtRegions } from '../../lib/cost/built';
import { savingsOf } from '../../lib/cost/compare/savings';
import { compareTiers, type PlatformFile, type Reckon } from '../../lib/cost/compare/tiers';
import { asDeployed } from '../../lib/cost/deployed';
import type { PriceList } from '../../lib/cost/online/price-list';
import type { Use } from '../../lib/cost/use/assumptions';
import type { Terminal } from '../commands/terminal';
import { comparisonJson, renderComparison } from './compare';
import { type DeployedPorts, deployedStacks } from './deployed';
import { differenceJson, renderDifference } from './difference';
import { type Manner, type Origin, reckon } from './reckon';
import { costJson, renderCost } from './render';
import { platformAgainst } from './source';
import { synthesizedRegions } from './synthesis';

/** What a person asked for, whatever is told. */
export interface Asked {
  readonly use: Use;
  readonly json: boolean;
  readonly terminal: Pick<Terminal, 'root' | 'out' | 'err' | 'showsProgress'>;
  /** Absent: by the dated table alone. */
  readonly list?: PriceList;
}

/** The same platform is synthesized once. */
function mannerOf({ use, list, terminal }: Asked): Manner {
  const known = new Map<string, readonly BuiltRegion[]>();
  return {
    use,
    ...(list ? { list } : {}),
    built: (platform) => {
      const key = JSON.stringify(platform);
      const built = known.get(key) ?? synthesizedRegions(platform, terminal.root);
      known.set(key, built);
      return built;
    },
  };
}

/** Tells what a platform costs. */
export async function tellBill(platform: Platform, part: 'all' | 'monitoring', asked: Asked): Promise<void> {
  const reckoned = await reckon(platform, mannerOf(asked));
  asked.terminal.out((asked.json ? costJson : renderCost)(reckoned, part));
}

/** Tells what a platform costs by size and standby, and what would make it cheaper. */
export async function tellComparison(
  source: PlatformFile,
  asked: Asked,
  manner: Manner = mannerOf(asked),
): Promise<void> {
  const { json, terminal } = asked;
  let done = 0;
  let prices: Origin = { missing: [] };
  const reckonNext: Reckon = async (platform) => {
    done += 1;
    if (terminal.showsProgress) terminal.err(`\r\x1b[2KReckoning: ${done}`);
    const reckoned = await reckon(platform, manner);
    prices = reckoned.prices;
    return reckoned.bill;
  };
  try {
    const tiers = await compareTiers(source, reckonNext);
    const savings = await savingsOf(source, reckonNext);
    const comparison = { name: source.platform.name, tiers, savings, prices };
    terminal.out((json ? comparisonJson : renderComparison)(comparison));
  } finally {
    if (terminal.showsProgress) terminal.err('\r\x1b[2K');
  }
}

/**
 * Tells what the change between another state of a platform and its file costs.
 * @param name of the platform or its file, as a person gave it
 * @param against what it is compared with, as `platformAgainst` takes it
 */
export async function tellDifference(
  { platform }: PlatformFile,
  name: string,
  against: string,
  asked: Asked,
  manner: Manner = mannerOf(asked),
): Promise<void> {
  const { json, terminal } = asked;
  const before = platformAgainst(against, name, terminal.root);
  const from = await reckon(before, manner);
  const to = await reckon(platform, manner);
  const about = ['Both are reckoned with the stacks that this version of Holdfast would build.'];
  terminal.out((json ? differenceJson : renderDifference)({ against, about, from, to }));
}

/**
 * Tells what a deployment of the file would change in the bill.
 * @throws NotDeployed, BadTemplate, CallFailed
 */
export async function tellDeployment(
  { platform }: PlatformFile,
  ports: DeployedPorts,
  asked: Asked,
  manner: Manner = mannerOf(asked),
): Promise<void> {
  const { json, terminal } = asked;
  const { stacks, missing } = await deployedStacks(platform, ports);
  const before = asDeployed(platform, stacks);
  const from = await reckon(before.platform, { ...manner, built: () => builtRegions(stacks) });
  const to = await reckon(platform, manner);
  const about = [
    `Before: as the templates of the ${stacks.length} deployed stacks have it; after: as a deployment would make it.`,
    'Plans of backups, the lease and the scraping are those of the file in both.',
    ...(missing.length === 0 ? [] : [`Not deployed yet: ${missing.join(', ')}.`]),
    ...before.notes,
  ];
  terminal.out((json ? differenceJson : renderDifference)({ against: 'what is deployed', about, from, to }));
}
