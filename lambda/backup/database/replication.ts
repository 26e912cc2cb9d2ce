import { isProtected, type LeadershipRecord } from '../../leader/record';
import type { BackupSettings, DatabaseSettings } from '../contract';
import type { Draft } from '../plan';
import { reasons } from '../seen';
import type { DatabaseAction } from './action';
import type { DatabaseObservation, Replication } from './observation';

/**
 * The automated backups of the region that leads, with their logs, go to the other region, whichever that is.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
 */

const ENDED: readonly string[] = ['retained', 'deleting'];
const isActive = ({ status }: Replication): boolean => !ENDED.includes(status);

type Settings = Pick<BackupSettings, 'own' | 'other'> & { readonly database: DatabaseSettings };

export function replicate(
  draft: Draft<DatabaseAction>,
  seen: DatabaseObservation,
  settings: Settings,
  record: LeadershipRecord,
): void {
  const { own, other } = seen.replications;
  draft.failures.push(...reasons(own, other));
  const instance = seen.instance.known ? seen.instance.value : undefined;
  // Of a replica nothing is replicated; what keeps this region from having a primary is said elsewhere.
  if (!instance || instance.source !== null || !other.known) return;
  if (isReplicating(seen)) {
    // Only then, and not before the other side was rebuilt: until then it may hold what exists nowhere else.
    if (own.known && isProtected(record)) stop(draft, own.value, settings);
    return;
  }
  if (instance.retentionDays === 0) {
    draft.failures.push(
      `The automated backups of ${settings.database.identifier} cannot be replicated to ${settings.other}: the instance takes none.`,
    );
  } else if (instance.status === 'available' && !draft.actions.some(({ kind }) => kind === 'take')) {
    // RDS refuses it while the instance is backing up; the next start comes before long.
    draft.actions.push({ kind: 'replicate', sourceArn: instance.arn });
  }
}

/** @returns whether the other region gets the automated backups of this region's instance, as far as that is known */
export function isReplicating({ instance, replications: { other } }: DatabaseObservation): boolean {
  if (!instance.known || !other.known) return false;
  // Its successor under the same name is another instance, whose backups are others.
  return other.value.some((one) => isActive(one) && one.resourceId === instance.value?.resourceId);
}

/** What this region got while the other one led. */
function stop(
  draft: Draft<DatabaseAction>,
  own: readonly Replication[],
  { other }: Pick<BackupSettings, 'other'>,
): void {
  for (const { sourceArn } of own.filter(isActive)) {
    if (sourceArn.split(':')[3] === other) draft.actions.push({ kind: 'stop-replicating', sourceArn });
  }
}
