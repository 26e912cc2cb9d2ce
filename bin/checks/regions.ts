import type { Platform } from '../../lib/config/platform';
import { oneOf } from '../../lib/config/suggest';
import { type Check, inEach } from './check';
import { type Finding, ok, todo } from './line';
import { usedRegions } from './places';
import type { Regions } from './ports';

export const REGIONS = 'region';

/** Is every region that the platform uses enabled in the account? */
export const regions: Check = {
  name: REGIONS,
  asksAws: true,
  tasks: (platform, ports) =>
    inEach(usedRegions(platform), async (region) => [await enabled(region, ports.regions)]),
};

async function enabled(region: string, port: Regions): Promise<Finding> {
  const status = (await port.optInStatus()).get(region);
  if (status === undefined) return todo(`AWS knows no region ${region} for this account.`);
  if (status !== 'not-opted-in') return ok('The region is enabled.');
  return todo(
    'The region is not enabled in the account; nothing else was asked there.',
    `aws account enable-region --region-name ${region}\n(takes minutes to hours; \`aws account get-region-opt-status --region-name ${region}\` tells when it is done)`,
  );
}

/** Do the zones of the file exist, and can something be put there? */
export const zones: Check = {
  name: 'zones',
  asksAws: true,
  tasks: (platform, ports) =>
    inEach([platform.regions.home.name, platform.regions.standby.name], async (region) => [
      await zonesThere(platform, region, ports.regions),
    ]),
};

async function zonesThere(
  { regions: { home, standby } }: Platform,
  region: string,
  port: Regions,
): Promise<Finding> {
  const wanted = region === home.name ? home.zones : standby.zones;
  const existing = await port.zones(region);
  const usable = [...existing].filter(([, state]) => state === 'available').map(([name]) => name);
  const missing = wanted.filter((zone) => !existing.has(zone));
  const closed = wanted.filter((zone) => existing.has(zone) && !usable.includes(zone));
  if (missing.length + closed.length === 0) return ok(`${oneOf(wanted, 'and')} are available.`);
  const problems = [
    ...(missing.length > 0 ? [`the account has no zone ${oneOf(missing, 'and')}`] : []),
    ...closed.map((zone) => `${zone} is ${existing.get(zone)}`),
  ].join(' and ');
  return todo(
    `In ${region} ${problems}.`,
    usable.length < wanted.length
      ? `Choose another region: ${region} has only ${usable.length} zones that are available to the account.`
      : `Choose three of ${usable.sort().join(', ')} in the platform file. Zones cannot be changed after the first deployment.`,
  );
}
