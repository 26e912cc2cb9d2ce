import type { Platform } from '../../lib/config/platform';
import { monitoringCost } from '../../lib/cost/monitoring';
import { shareOf } from '../../lib/cost/part';
import { platformCost } from '../../lib/cost/platform';
import type { Reckoned } from './render';
import { synthesizedRegions } from './synthesis';

/** Synthesizes a platform and says what it costs; asks nothing of AWS. */
export function reckon(platform: Platform, root: string): Reckoned {
  const built = synthesizedRegions(platform, root);
  const monitoring = monitoringCost(platform, built);
  const rest = platformCost(platform, built);
  return { platform, monitoring, rest, share: shareOf(monitoring.parts, rest.parts) };
}
