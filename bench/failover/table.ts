import { fromItem, type Item, toItem, VERSION } from '../../lambda/leader/item';
import { ConditionRefused, type LeadershipTable } from '../../lambda/leader/ports';
import type { LeadershipRecord } from '../../lambda/leader/record';
import type { EtcdClient } from './etcd';

/**
 * The leadership table in the etcd that Patroni uses in its turn: what either side waits for when it writes who leads is
 * the same. The version stands beside the item, because etcd compares whole values.
 */

const ITEM_KEY = '/holdfast/leadership';
const VERSION_KEY = '/holdfast/version';

export function tableIn(etcd: EtcdClient): LeadershipTable {
  const region = 'etcd';
  return {
    region,
    read: (signal) => readItem(etcd, signal),
    create: () => Promise.reject(new ConditionRefused(region)),
    async replace(item, expected, signal) {
      if (!(await etcd.putIf(VERSION_KEY, String(expected), pairsOf(item), signal)))
        throw new ConditionRefused(region);
    },
  };
}

/** Puts the record there with which a platform begins. */
export const putFirst = (etcd: EtcdClient, record: LeadershipRecord): Promise<void> =>
  etcd.put(pairsOf(toItem(record, 'first')));

/** @throws if there is none */
export async function readLeadership(etcd: EtcdClient): Promise<LeadershipRecord> {
  const item = await readItem(etcd);
  if (!item) throw new Error('etcd has no leadership record.');
  return fromItem(item);
}

async function readItem(etcd: EtcdClient, signal?: AbortSignal): Promise<Item | undefined> {
  const found = await etcd.get(ITEM_KEY, signal);
  return found && (JSON.parse(found.value) as Item);
}

function pairsOf(item: Item): Record<string, string> {
  const version = item[VERSION];
  if (!version || !('N' in version)) throw new TypeError('The item has no version.');
  return { [ITEM_KEY]: JSON.stringify(item), [VERSION_KEY]: version.N };
}
