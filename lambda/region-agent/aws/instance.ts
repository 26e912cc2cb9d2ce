import { HoldfastError } from '../../runtime/errors';
import type { ReplicaSettings } from '../contract';
import type { DatabaseInstance } from '../ports';
import { type Rds, statusOf } from './rds';
import { RequestFailed, refusedWith } from './request';

/** RDS does not promote the replica in the status that it has; it may do so later. */
export class PromotionRefused extends HoldfastError {
  constructor(
    readonly identifier: string,
    readonly status: string,
    options: ErrorOptions,
  ) {
    super(`RDS does not promote ${identifier} now: its status is ${status}.`, options);
  }
}

/**
 * The own region's database as RDS sees it. A promotion has no way back, so what goes with it must not be able to refuse
 * it: RDS takes no backup window that meets the maintenance window, which a person may have moved. Then the promotion is
 * asked for without backups of our own; RDS picks a window, and the base that follows brings the retention.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
 */
export function databaseInstance(
  api: Rds,
  identifier: string,
  { retentionDays, backupWindow }: Pick<ReplicaSettings, 'retentionDays' | 'backupWindow'>,
): DatabaseInstance {
  const promote = async (): Promise<void> => {
    try {
      await api.promote(identifier, { days: retentionDays, window: backupWindow });
    } catch (error) {
      if (!isRefusedParameter(error)) throw error;
      await api.promote(identifier);
    }
  };
  return {
    async describe() {
      const found = await api.describe(identifier);
      return found && statusOf(found);
    },
    async promote() {
      try {
        await promote();
      } catch (error) {
        if (!refusedWith(error, 'InvalidDBInstanceState')) throw error;
        // RDS refuses in the same words an instance that is busy and one that was promoted before.
        const found = await api.describe(identifier);
        if (found && statusOf(found).source === null) return;
        throw new PromotionRefused(identifier, found ? statusOf(found).status : 'unknown', { cause: error });
      }
    },
    async takeBase(name) {
      // First, because it needs no backups. Names of snapshots are unique in the account, which may hold other platforms.
      await api.takeSnapshot(identifier, `${identifier}-${name}`);
      const found = await api.describe(identifier);
      // The window stays as RDS has picked it: ours was refused, or it is the same.
      if (found && (found.BackupRetentionPeriod ?? 0) < retentionDays) {
        await api.modify(identifier, { BackupRetentionPeriod: retentionDays });
      }
    },
  };
}

/** `InvalidParameterValue`, `InvalidParameterCombination`, and what AWS says of any request that it cannot accept. */
const isRefusedParameter = (error: unknown): boolean =>
  error instanceof RequestFailed && /^(InvalidParameter|ValidationError)/.test(error.code);
