import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeReplicationGroupsCommand,
  DescribeSnapshotsCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
  type ReplicationGroup,
  type Snapshot,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../../runtime/clock';
import type { CacheGroup, CacheSnapshot } from '../cache/observation';
import { type CacheHand, type CacheView, NotOurs } from '../ports';
import { absentIs, allPages, type Send, sender, THREE_ATTEMPTS, unless } from './request';
import { awsTags, isOurs, type Owner } from './tags';

export interface CachePlace extends Owner {
  readonly region: string;
  readonly account: string;
}

/** Largest page of ElastiCache's snapshots. */
const PAGE = 50;

/** ElastiCache of one region. */
export function elastiCache(
  place: CachePlace,
  clock: Clock,
): { readonly view: CacheView; readonly hand: CacheHand } {
  const client = new ElastiCacheClient({ region: place.region, ...THREE_ATTEMPTS });
  const send = sender(clock);
  return { view: view(client, send, place), hand: hand(client, send, place) };
}

function view(client: ElastiCacheClient, send: Send, { region }: CachePlace): CacheView {
  return {
    group: (identifier) =>
      absentIs(['ReplicationGroupNotFound'], async () => {
        const command = new DescribeReplicationGroupsCommand({ ReplicationGroupId: identifier });
        const answer = await send(`Describing the cache ${identifier} in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        const [group] = answer.ReplicationGroups ?? [];
        return group && toGroup(group);
      }),
    async snapshots() {
      const found = await allPages(async (Marker) => {
        const command = new DescribeSnapshotsCommand({ SnapshotSource: 'user', MaxRecords: PAGE, Marker });
        const answer = await send(`Listing the snapshots of caches in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return { items: answer.Snapshots ?? [], next: answer.Marker };
      });
      return found.map(toSnapshot);
    },
  };
}

function toGroup({
  Status: status,
  NodeGroups: shards = [],
  MemberClusters: members = [],
}: ReplicationGroup): CacheGroup {
  const roles = new Map(
    shards
      .flatMap(({ NodeGroupMembers: nodes = [] }) => nodes)
      .map(({ CacheClusterId: id, CurrentRole: role }) => [id, role]),
  );
  return {
    status: status ?? 'unknown',
    nodes: members.map((id) => ({ id, primary: roles.get(id) === 'primary' })),
  };
}

const toSnapshot = (found: Snapshot): CacheSnapshot => ({
  name: found.SnapshotName ?? '',
  node: found.CacheClusterId ?? found.NodeSnapshots?.[0]?.CacheClusterId ?? null,
  status: found.SnapshotStatus ?? 'unknown',
  takenMs: found.NodeSnapshots?.[0]?.SnapshotCreateTime?.getTime() ?? null,
});

/**
 * A group without shards is backed up node by node, and written into a bucket of its own region by a copy.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateSnapshot.html
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
 */
function hand(client: ElastiCacheClient, send: Send, place: CachePlace): CacheHand {
  const { region, account } = place;
  return {
    async take(node, name, due) {
      const command = new CreateSnapshotCommand({
        CacheClusterId: node,
        SnapshotName: name,
        Tags: awsTags(place, due),
      });
      await unless(['SnapshotAlreadyExists'], () =>
        send(`The snapshot ${name} of the cache node ${node} in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
    async export(name, bucket) {
      const command = new CopySnapshotCommand({
        SourceSnapshotName: name,
        TargetSnapshotName: name,
        TargetBucket: bucket,
      });
      await send(`The export of the snapshot ${name} into ${bucket}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async remove(name) {
      const command = new ListTagsForResourceCommand({
        ResourceName: `arn:aws:elasticache:${region}:${account}:snapshot:${name}`,
      });
      const GONE = ['SnapshotNotFound'];
      const answer = await absentIs(GONE, () =>
        send(`Reading the tags of the snapshot ${name} in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
      if (!answer) return;
      if (!isOurs(answer.TagList ?? [], place, {})) throw new NotOurs(name);
      await unless(GONE, () =>
        send(`Deleting the snapshot ${name} in ${region}`, (abortSignal) =>
          client.send(new DeleteSnapshotCommand({ SnapshotName: name }), { abortSignal }),
        ),
      );
    },
  };
}
