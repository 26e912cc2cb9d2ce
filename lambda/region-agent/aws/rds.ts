import {
  CreateDBInstanceReadReplicaCommand,
  type CreateDBInstanceReadReplicaCommandInput,
  CreateDBSnapshotCommand,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { Clock } from '../../runtime/clock';
import type { InstanceStatus } from '../ports';
import { ONE_ATTEMPT, refusedWith, sender } from './request';

/** What changes of an instance; it is applied at once. */
export type Modification = Omit<ModifyDBInstanceCommandInput, 'DBInstanceIdentifier' | 'ApplyImmediately'>;
export type NewReplica = CreateDBInstanceReadReplicaCommandInput;

/** RDS of one region. Everything throws `TimedOut`, `Throttled` or `RequestFailed`. */
export interface Rds {
  /** @returns undefined if there is no such instance */
  describe(identifier: string): Promise<DBInstance | undefined>;
  /** @returns status of a snapshot; undefined if there is none of that name */
  snapshotStatus(name: string): Promise<string | undefined>;
  /** Takes a snapshot of that name if there is none. */
  takeSnapshot(identifier: string, name: string): Promise<void>;
  /** @param backups for how many days they are kept, and the window for them in UTC; RDS decides if they are left out */
  promote(identifier: string, backups?: { readonly days: number; readonly window: string }): Promise<void>;
  modify(identifier: string, modification: Modification): Promise<void>;
  restart(identifier: string): Promise<void>;
  /** Makes a replica if there is no instance of its identifier. */
  createReplica(input: NewReplica): Promise<void>;
  /** Deletes an instance, if it is there, without a last snapshot. */
  remove(identifier: string): Promise<void>;
}

export function rds(region: string, clock: Clock): Rds {
  const client = new RDSClient({ region, ...ONE_ATTEMPT });
  const send = sender(clock);
  const at = `in ${region}`;
  return {
    describe: (identifier) =>
      absentIs('DBInstanceNotFound', async () => {
        const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
        const answer = await send(`Describing the database ${identifier} ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return answer.DBInstances?.[0];
      }),
    snapshotStatus: (name) =>
      absentIs('DBSnapshotNotFound', async () => {
        const command = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name });
        const answer = await send(`Describing the snapshot ${name} ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return answer.DBSnapshots?.[0]?.Status;
      }),
    async takeSnapshot(identifier, name) {
      const command = new CreateDBSnapshotCommand({
        DBInstanceIdentifier: identifier,
        DBSnapshotIdentifier: name,
      });
      await unless('DBSnapshotAlreadyExists', () =>
        send(`The snapshot ${name} of the database ${identifier} ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
    async promote(identifier, backups) {
      const command = new PromoteReadReplicaCommand({
        DBInstanceIdentifier: identifier,
        ...(backups && { BackupRetentionPeriod: backups.days, PreferredBackupWindow: backups.window }),
      });
      await send(`The promotion of the database ${identifier} ${at}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async modify(identifier, modification) {
      const command = new ModifyDBInstanceCommand({
        ...modification,
        DBInstanceIdentifier: identifier,
        ApplyImmediately: true,
      });
      await send(`Changing the database ${identifier} ${at}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async restart(identifier) {
      const command = new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier });
      await send(`The restart of the database ${identifier} ${at}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async createReplica(input) {
      const command = new CreateDBInstanceReadReplicaCommand(input);
      await unless('DBInstanceAlreadyExists', () =>
        send(`Making the replica ${input.DBInstanceIdentifier} ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
    async remove(identifier) {
      const command = new DeleteDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      });
      await unless('DBInstanceNotFound', () =>
        send(`Deleting the database ${identifier} ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
  };
}

/** @returns what a turn wants to know of an instance */
export const statusOf = (instance: DBInstance): InstanceStatus => ({
  status: instance.DBInstanceStatus ?? 'unknown',
  source: instance.ReadReplicaSourceDBInstanceIdentifier || null,
});

/** What is not there is an answer like any other. */
async function absentIs<T>(code: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (refusedWith(error, code)) return undefined;
    throw error;
  }
}

/** The refusal says that everything is as wished already. */
async function unless(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!refusedWith(error, code)) throw error;
  }
}
