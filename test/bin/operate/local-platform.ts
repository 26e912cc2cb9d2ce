import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateDBInstanceCommand, CreateDBInstanceReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import type { Turn } from '../../../bin/operate/ports';
import { PARTITION_KEY, toItem } from '../../../lambda/leader/item';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { HOME, replicaTurn, STANDBY, turn } from './records';

/** The fixture's platform on the local AWS API: its table, its databases, and what its agents have said. */
export const TABLE_REGIONS = [HOME, STANDBY, 'us-east-2'];
const TABLE = 'demo-leadership';
const GROUP = '/holdfast/demo/functions/region-agent';

/** The local API keeps a table for each region; here each gets the same record. */
export async function putRecord(record: LeadershipRecord): Promise<void> {
  for (const region of TABLE_REGIONS) {
    // The SDK's types are mutable.
    const item = structuredClone(toItem(record, 'nonce')) as PutItemCommand['input']['Item'];
    await new DynamoDBClient({ region }).send(new PutItemCommand({ TableName: TABLE, Item: item }));
  }
}

export async function makeTables(): Promise<void> {
  for (const region of TABLE_REGIONS) {
    await new DynamoDBClient({ region }).send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: PARTITION_KEY, AttributeType: 'S' }],
        KeySchema: [{ AttributeName: PARTITION_KEY, KeyType: 'HASH' }],
      }),
    );
  }
}

/** Home's database and the standby's replica of it. */
export async function makeDatabases(): Promise<void> {
  const common = { DBInstanceIdentifier: 'demo-db', DBInstanceClass: 'db.m6g.large' };
  await new RDSClient({ region: HOME }).send(
    new CreateDBInstanceCommand({
      ...common,
      Engine: 'postgres',
      EngineVersion: '17.6',
      AllocatedStorage: 100,
      MasterUsername: 'holdfast_owner',
      MasterUserPassword: 'only-local-1',
    }),
  );
  await new RDSClient({ region: STANDBY }).send(
    new CreateDBInstanceReadReplicaCommand({
      ...common,
      SourceDBInstanceIdentifier: `arn:aws:rds:${HOME}:123456789012:db:demo-db`,
    }),
  );
}

export async function makeLogs(): Promise<void> {
  for (const region of [HOME, STANDBY]) {
    const logs = new CloudWatchLogsClient({ region });
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: 'run' }));
  }
}

/** Writes a turn into the log of a region's agent, among lines that are none. */
export async function say(region: string, { atMs, ...fields }: Turn): Promise<void> {
  const line = JSON.stringify({ event: 'turn', region, ...fields });
  const prefixed = `2026-01-01T00:00:00.000Z\t8f2b\tINFO\t${line}`;
  const messages = ['START RequestId: 1', '{"event":"other","sentence":"Not a turn."}', prefixed];
  await new CloudWatchLogsClient({ region }).send(
    new PutLogEventsCommand({
      logGroupName: GROUP,
      logStreamName: 'run',
      logEvents: messages.map((message) => ({ timestamp: atMs, message })),
    }),
  );
}

/** Both agents are well: home's renewed its lease, the standby's watches. */
export async function sayWell(): Promise<void> {
  const atMs = Date.now();
  await say(HOME, turn({ atMs }));
  await say(STANDBY, replicaTurn({ atMs }));
}
