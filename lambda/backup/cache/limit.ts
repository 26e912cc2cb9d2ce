import { DAY_MS } from '../schedule';
import type { CacheNode, CacheSnapshot } from './observation';

/**
 * "For Valkey and Redis OSS node-based clusters, you can create no more than 20 manual backups per node in the cluster"
 * in any 24 hours. So the nodes take turns; replicas first, because a snapshot costs its node memory and time.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html#backups-constraints
 */
const ALLOWED = 20;
/** Left on each node for a person. */
const HELD_BACK = 1;
export const PER_NODE_A_DAY = ALLOWED - HELD_BACK;

const MINUTES_A_DAY = 24 * 60;

/** @returns the interval in minutes that so many nodes can keep up all day, and no shorter than what is wished for */
export function everyMinutesFor(wished: number, nodes: number): number {
  return Math.max(wished, Math.ceil(MINUTES_A_DAY / (PER_NODE_A_DAY * Math.max(1, nodes))));
}

/** @returns the node to take the next snapshot from; undefined if none has any left */
export function nextNode(
  nodes: readonly CacheNode[],
  snapshots: readonly CacheSnapshot[],
  nowMs: number,
): CacheNode | undefined {
  const taken = (node: CacheNode): number =>
    snapshots.filter((one) => one.node === node.id && (one.takenMs ?? nowMs) > nowMs - DAY_MS).length;
  return nodes
    .filter((node) => taken(node) < PER_NODE_A_DAY)
    .sort(
      (a, b) => Number(a.primary) - Number(b.primary) || taken(a) - taken(b) || (a.id < b.id ? -1 : 1),
    )[0];
}
