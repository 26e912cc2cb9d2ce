import { CopyDBSnapshotCommand, paginateDescribeDBSnapshots, RDSClient } from '@aws-sdk/client-rds';
import { HoldfastError, nameOf } from '../../../lambda/runtime/errors';
import { all, type Clients, orAbsent } from '../../checks/aws/call';
import { CallFailed } from '../../checks/failures';
import type { SharedSnapshot, SharedSnapshots } from '../platform/ports';
import { call } from './call';

/** What RDS says of a key that it may not use, or that the caller may not let it use. */
const KEY_REFUSED = /^KMSKeyNotAccessible(Fault)?$/;

/** Another account shares a snapshot, and not the key that it is encrypted with. */
export class KeyNotShared extends HoldfastError {
  constructor(
    readonly snapshot: SharedSnapshot,
    readonly own: string,
    cause: unknown,
  ) {
    super(
      `${snapshot.arn} is shared with ${own}, but RDS may not use its key ${snapshot.keyArn ?? '(unknown)'}: let the policy of that key, in the account ${snapshot.account}, allow ${own} kms:Decrypt, kms:DescribeKey and kms:CreateGrant, and your own policy too (docs/iam-recovery-policy.json); then say the same command again`,
      { cause },
    );
  }
}

/**
 * Snapshots that another account shares with this one.
 * @param account this one
 * @param keyAlias alias of the key that encrypts what is kept; it is there once the stack Foundation is
 */
export function sharedSnapshots(clients: Clients, account: string, keyAlias: string): SharedSnapshots {
  const rds = clients((config) => new RDSClient(config));
  const list = (region: string, input: { readonly DBSnapshotIdentifier?: string; SnapshotType: string }) =>
    call('rds:DescribeDBSnapshots', region, (options) =>
      all(
        paginateDescribeDBSnapshots({ client: rds(region) }, input, options),
        ({ DBSnapshots }) => DBSnapshots,
      ),
    );
  return {
    async list(region, identifier) {
      const found = await list(region, { SnapshotType: 'shared' });
      return found.flatMap((one): readonly SharedSnapshot[] => {
        const arn = one.DBSnapshotArn ?? one.DBSnapshotIdentifier ?? '';
        const [, owner] = /^arn:[^:]+:rds:[^:]+:(\d{12}):snapshot:/.exec(arn) ?? [];
        const taken = one.OriginalSnapshotCreateTime ?? one.SnapshotCreateTime;
        const isOurs = one.DBInstanceIdentifier === identifier && owner !== undefined && owner !== account;
        if (!isOurs || one.Status !== 'available' || !taken) return [];
        const key = one.KmsKeyId === undefined ? {} : { keyArn: one.KmsKeyId };
        return [{ region, arn, account: owner, takenMs: taken.getTime(), ...key }];
      });
    },
    async status(region, name) {
      const input = { DBSnapshotIdentifier: name, SnapshotType: 'manual' };
      const found = await orAbsent(list(region, input), 'DBSnapshotNotFound', 'DBSnapshotNotFoundFault');
      const [copy] = found ?? [];
      return copy && { status: copy.Status ?? 'unknown', percent: copy.PercentProgress ?? 0 };
    },
    async copy(snapshot, name, tags) {
      const { region, arn } = snapshot;
      const input = {
        SourceDBSnapshotIdentifier: arn,
        TargetDBSnapshotIdentifier: name,
        // Its own key: a copy that hangs on a key of the lost account would be lost with it.
        KmsKeyId: `arn:aws:kms:${region}:${account}:${keyAlias}`,
        CopyTags: false,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      };
      try {
        await call('rds:CopyDBSnapshot', region, (options) =>
          rds(region).send(new CopyDBSnapshotCommand(input), options),
        );
      } catch (error) {
        const refusal = error instanceof CallFailed ? nameOf(error.cause) : '';
        if (KEY_REFUSED.test(refusal)) throw new KeyNotShared(snapshot, account, error);
        if (!/^DBSnapshotAlreadyExists(Fault)?$/.test(refusal)) throw error;
      }
    },
  };
}
