import { secretName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import { explainCall } from './failures';
import type { Item, Keeper } from './items';
import type { SecretState, SecretStore } from './ports';

/** What is told of a secret or a file: everything but its value. */
export interface ItemReport {
  readonly name: string;
  readonly keeper: Keeper;
  /** Places that read it. */
  readonly uses: readonly string[];
  /** Characters of the value; null if there is none, or if it may not be read. */
  readonly length: number | null;
  /** Days since the value was set; null if nobody knows. */
  readonly ageDays: number | null;
  /** Days until the next rotation; null if nothing rotates it. */
  readonly rotatesInDays: number | null;
  readonly state: 'ok' | 'todo' | 'unknown';
  /** What is wrong, or that nothing is. */
  readonly sentence: string;
}

const DAY_MS = 86_400_000;

/** @returns one report for each item, in their order; it never rejects for what AWS does */
export const survey = (
  platform: Platform,
  items: readonly Item[],
  store: SecretStore,
  nowMs: number,
): Promise<ItemReport[]> => Promise.all(items.map((item) => report(platform, item, store, nowMs)));

async function report(
  platform: Platform,
  item: Item,
  store: SecretStore,
  nowMs: number,
): Promise<ItemReport> {
  const { home, standby } = platform.regions;
  const id = secretName(platform, item.secret);
  const { name, keeper, uses } = item;
  const known = { name, keeper, uses };
  try {
    const [own, copy] = await Promise.all([store.state(home.name, id), store.state(standby.name, id)]);
    const read = own?.current === undefined ? undefined : await readable(store, home.name, id);
    const { text, createdMs } = read?.value ?? {};
    const next = own?.nextRotationMs;
    return {
      ...known,
      length: text?.length ?? null,
      ageDays: createdMs === undefined ? null : Math.floor((nowMs - createdMs) / DAY_MS),
      rotatesInDays: next === undefined ? null : Math.ceil((next - nowMs) / DAY_MS),
      ...verdict(platform, item, { own, copy, text, why: read?.why }),
    };
  } catch (error) {
    const nothing = { length: null, ageDays: null, rotatesInDays: null };
    return { ...known, ...nothing, state: 'unknown', sentence: explainCall(error) };
  }
}

/** Who may not read values still learns all the rest. */
async function readable(store: SecretStore, region: string, id: string) {
  try {
    return { value: await store.value(region, id), why: undefined };
  } catch (error) {
    return { value: undefined, why: explainCall(error) };
  }
}

interface Seen {
  readonly own: SecretState | undefined;
  readonly copy: SecretState | undefined;
  readonly text: string | undefined;
  /** Why the value could not be read. */
  readonly why: string | undefined;
}
type Verdict = Pick<ItemReport, 'state' | 'sentence'>;

const todo = (sentence: string): Verdict => ({ state: 'todo', sentence });

function verdict({ regions }: Platform, item: Item, { own, copy, text, why }: Seen): Verdict {
  const { home, standby } = regions;
  if (!own)
    return todo(
      `It does not exist in ${home.name}: npx holdfast deploy makes it, with the Foundation stack.`,
    );
  if (own.current === undefined) return todo(`It was never set: ${item.remedy}`);
  const wrong = text === undefined ? undefined : item.misfit(text);
  if (wrong !== undefined) return todo(`Its value ${wrong}: ${item.remedy}`);
  if (!copy)
    return todo(`It has no copy in ${standby.name}: npx holdfast deploy, if the Foundation stack lacks it.`);
  const replication = own.copies.get(standby.name);
  if (replication !== undefined && replication !== 'InSync')
    return todo(`Its copy in ${standby.name} is ${replication}, not InSync.`);
  if (copy.current !== own.current) return todo(`${standby.name} has another version than ${home.name}.`);
  const same = 'The same version in both regions';
  if (text !== undefined) return { state: 'ok', sentence: `${same}.` };
  return { state: 'unknown', sentence: [`${same}; its value was not seen.`, why ?? ''].join(' ').trim() };
}
