import { secretName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import { type Ended, type Manner, pause } from '../recover/telling';
import type { Item } from './items';
import type { SecretStore } from './ports';
import { SECRET_BYTES_MAX } from './value';

/** AWS copies a secret within seconds. */
const COPY_MS = 60_000;
const LOOK_MS = 1_000;

export interface SetRequest {
  readonly item: Item;
  readonly text: string;
  /** Id of the new version. */
  readonly version: string;
}

/**
 * Writes a value and waits until both regions have the same version of it. While the standby has a copy, home's secret is
 * written and AWS copies it; after a failover has made the copy a secret of its own, both are written under one version.
 */
export async function setItem(
  platform: Platform,
  { item, text: given, version }: SetRequest,
  store: SecretStore,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });
  const text = item.kept(given);
  const wrong = item.misfit(text);
  if (wrong !== undefined) return refused(`The value ${wrong}.`);
  const bytes = Buffer.byteLength(text);
  if (bytes > SECRET_BYTES_MAX)
    return refused(`The value has ${bytes} bytes; Secrets Manager takes at most ${SECRET_BYTES_MAX}.`);
  const [home, standby] = [platform.regions.home.name, platform.regions.standby.name];
  const id = secretName(platform, item.secret);
  const [own, copy] = await Promise.all([store.state(home, id), store.state(standby, id)]);
  if (!own) return refused(`There is no secret ${id} in ${home}: deploy first, which makes it empty.`);
  const isOwnThere = copy !== undefined && (copy.owner === undefined || copy.owner === standby);
  const regions = isOwnThere ? [home, standby] : [home];
  const what = `${id} with ${text.length} characters in ${regions.join(' and ')}`;
  if (manner.dryRun) return { outcome: 'would', sentences: [`It would write ${what}.`] };
  for (const region of regions) await store.put(region, id, text, version);
  tell(`Wrote ${what}.`);
  return arrived(platform, item, version, store, manner);
}

async function arrived(
  platform: Platform,
  item: Item,
  version: string,
  store: SecretStore,
  manner: Manner,
): Promise<Ended> {
  const [home, standby] = [platform.regions.home.name, platform.regions.standby.name];
  const id = secretName(platform, item.secret);
  const fromMs = manner.clock.now();
  for (;;) {
    const [own, copy] = await Promise.all([store.state(home, id), store.state(standby, id)]);
    const lacking = [
      ...(own?.current === version ? [] : [home]),
      ...(copy?.current === version ? [] : [standby]),
    ];
    if (lacking.length === 0)
      return { outcome: 'done', sentences: [`Both regions have version ${version}.`, ...next(item)] };
    if (manner.clock.now() - fromMs >= COPY_MS) {
      const state = own?.copies.get(standby);
      const told = state === undefined ? '' : ` (the copy is ${state})`;
      const late = `It was written, but after ${COPY_MS / 1000} s ${lacking.join(' and ')} did not have it${told}.`;
      return { outcome: 'unknown', sentences: [late, 'Look again: npx holdfast secrets check'] };
    }
    await pause(manner, LOOK_MS);
  }
}

/** What a person still has to do. */
function next({ readers, keeper }: Item): string[] {
  const names = readers.join(', ');
  return [
    ...(readers.length > 0
      ? [
          `Running tasks keep what they have, new ones read this: deploy ${names} anew, or \`npx holdfast start\` one that waited.`,
        ]
      : []),
    ...(keeper === 'AWS, rotated' ? ['The next rotation writes a random value over it.'] : []),
  ];
}
