import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { nameOf } from '../runtime/errors';
import { type AttributeValue, type Item, LEADERSHIP_KEY, PARTITION_KEY, VERSION } from './item';
import { ConditionRefused, type LeadershipTable, WriteConflict } from './ports';

const CONDITION = 'ConditionalCheckFailedException';
const CONFLICT = 'ReplicatedWriteConflictException';

type PutInput = ConstructorParameters<typeof PutItemCommand>[0];
/** What the SDK hands out; of its kinds of value, a leadership item uses those of `AttributeValue`. */
type SdkItem = NonNullable<PutInput['Item']>;
type Condition = Pick<
  PutInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** @returns the table as the given region serves it. One attempt a call: no retries by the SDK. */
export function dynamoTable(table: string, region: string): LeadershipTable {
  const client = new DynamoDBClient({ region, maxAttempts: 1 });
  const put = async (item: Item, condition: Condition, signal: AbortSignal): Promise<void> => {
    const command = new PutItemCommand({ TableName: table, Item: toSdk(item), ...condition });
    try {
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      if (nameOf(error) === CONDITION) throw new ConditionRefused(region, { cause: error });
      if (nameOf(error) === CONFLICT) throw new WriteConflict(region, { cause: error });
      throw error;
    }
  };
  return {
    region,
    async read(signal) {
      const command = new GetItemCommand({
        TableName: table,
        Key: { [PARTITION_KEY]: { S: LEADERSHIP_KEY } },
        ConsistentRead: true,
      });
      const { Item: item } = await client.send(command, { abortSignal: signal });
      return item as Item | undefined;
    },
    create: (item, signal) => put(item, IF_NONE, signal),
    replace: (item, expectedVersion, signal) => put(item, ifVersion(expectedVersion), signal),
  };
}

const IF_NONE: Condition = {
  ConditionExpression: 'attribute_not_exists(#key)',
  ExpressionAttributeNames: { '#key': PARTITION_KEY },
};

const ifVersion = (version: number): Condition => ({
  ConditionExpression: '#version = :expected',
  ExpressionAttributeNames: { '#version': VERSION },
  ExpressionAttributeValues: { ':expected': { N: String(version) } },
});

/** The SDK's types are mutable; nothing else differs. */
function toSdk(item: Item): SdkItem {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toSdkValue(value)]));
}

function toSdkValue(value: AttributeValue): SdkItem[string] {
  if ('L' in value) return { L: value.L.map(toSdkValue) };
  if ('M' in value) return { M: toSdk(value.M) };
  return value;
}
