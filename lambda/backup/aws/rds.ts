import {
  CopyDBSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  StartDBInstanceAutomatedBackupsReplicationCommand,
  StopDBInstanceAutomatedBackupsReplicationCommand,
} from '@aws-sdk/client-rds';
import type { Clock } from '../../runtime/clock';
import type { DatabaseService } from '../ports';
import { toInstance, toReplication, toSnapshot } from './rds-answers';
import { absentIs, allPages, type Send, sender, THREE_ATTEMPTS, unless } from './request';
import { awsTags, type Owner } from './tags';

/** RDS of one region and what is copied into it. */
export interface RdsPlace extends Owner {
  readonly region: string;
  /** Name of the region that copies come from. */
  readonly from: string;
  readonly account: string;
  /** Of the key that encrypts copies: an alias of this region. */
  readonly keyAlias: string;
}

/** Largest page of RDS. */
const PAGE = 100;

export function rdsService(place: RdsPlace, clock: Clock): DatabaseService {
  const client = new RDSClient({ region: place.region, ...THREE_ATTEMPTS });
  const send = sender(clock);
  return {
    ...view(client, send, place),
    ...snapshots(client, send, place),
    ...replications(client, send, place),
  };
}

function view(
  client: RDSClient,
  send: Send,
  place: RdsPlace,
): Pick<DatabaseService, 'instance' | 'snapshots' | 'replications'> {
  const at = `in ${place.region}`;
  return {
    instance: (identifier) =>
      absentIs(['DBInstanceNotFound'], async () => {
        const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
        const answer = await send(`Describing the database ${identifier} ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        const [instance] = answer.DBInstances ?? [];
        return instance && toInstance(instance);
      }),
    async snapshots(identifier) {
      // All of the account, because a renamed instance may have lent them its new name.
      const found = await allPages(async (Marker) => {
        const command = new DescribeDBSnapshotsCommand({
          SnapshotType: 'manual',
          MaxRecords: PAGE,
          Marker,
        });
        const answer = await send(`Listing the database snapshots ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return { items: answer.DBSnapshots ?? [], next: answer.Marker };
      });
      return found.flatMap((one) => toSnapshot(one, identifier, place.platform));
    },
    async replications(identifier) {
      const found = await allPages(async (Marker) => {
        const command = new DescribeDBInstanceAutomatedBackupsCommand({ MaxRecords: PAGE, Marker });
        const answer = await send(`Listing the automated backups ${at}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return { items: answer.DBInstanceAutomatedBackups ?? [], next: answer.Marker };
      });
      return found.flatMap((one) => toReplication(one, identifier, place.region));
    },
  };
}

/**
 * CopyDBSnapshot is called where the copy goes. The SDK signs a request for the region of the source by itself and sends
 * it along, because the source is an ARN of another region; `SourceRegion` is for other clients.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
 */
function snapshots(
  client: RDSClient,
  send: Send,
  place: RdsPlace,
): Pick<DatabaseService, 'take' | 'copy' | 'remove'> {
  const { region, from, account, keyAlias } = place;
  return {
    async take(identifier, name, due) {
      const command = new CreateDBSnapshotCommand({
        DBInstanceIdentifier: identifier,
        DBSnapshotIdentifier: name,
        Tags: awsTags(place, due),
      });
      await unless(['DBSnapshotAlreadyExists'], () =>
        send(`The snapshot ${name} of the database ${identifier} in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
    async copy(name, due) {
      const command = new CopyDBSnapshotCommand({
        SourceDBSnapshotIdentifier: `arn:aws:rds:${from}:${account}:snapshot:${name}`,
        TargetDBSnapshotIdentifier: name,
        KmsKeyId: `arn:aws:kms:${region}:${account}:${keyAlias}`,
        CopyTags: false,
        Tags: awsTags(place, due),
      });
      await unless(['DBSnapshotAlreadyExists'], () =>
        send(`The copy of the snapshot ${name} from ${from} to ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
    async remove(name) {
      const command = new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: name });
      await unless(['DBSnapshotNotFound'], () =>
        send(`Deleting the snapshot ${name} in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        ),
      );
    },
  };
}

/**
 * Both are called in the region that gets the backups.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html
 */
function replications(
  client: RDSClient,
  send: Send,
  { region, account, keyAlias }: RdsPlace,
): Pick<DatabaseService, 'replicate' | 'stopReplicating'> {
  return {
    async replicate(sourceArn, retentionDays) {
      const command = new StartDBInstanceAutomatedBackupsReplicationCommand({
        SourceDBInstanceArn: sourceArn,
        BackupRetentionPeriod: retentionDays,
        KmsKeyId: `arn:aws:kms:${region}:${account}:${keyAlias}`,
      });
      await send(`Replicating the automated backups of ${sourceArn} to ${region}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async stopReplicating(sourceArn) {
      const command = new StopDBInstanceAutomatedBackupsReplicationCommand({
        SourceDBInstanceArn: sourceArn,
      });
      await send(`Ending the replication of ${sourceArn} to ${region}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
  };
}
