import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { s3Buckets } from '../../lambda/bucket-replication/aws';
import { BucketGone, DestinationNotReady } from '../../lambda/bucket-replication/ports';
import { rule } from '../../lambda/bucket-replication/rules';
import { dynamoTable } from '../../lambda/leader/aws';
import { toItem } from '../../lambda/leader/item';
import { ConditionRefused, WriteConflict } from '../../lambda/leader/ports';
import { firstRecord } from '../../lambda/leader/record';
import { ecrRegistry } from '../../lambda/registry-replication/aws';
import { replication } from '../../lambda/registry-replication/replicate';
import { ownRule } from '../../lambda/registry-replication/rules';
import { type AwsStub, type StubAnswer, type StubRequest, startAwsStub } from '../support/aws-stub';
import { resourceHost } from '../support/resource-host';

/** What the adapters say to AWS word for word, and how they take answers that the local AWS API never gives. */
const SETTINGS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
} as const;
const before = { ...process.env };
let stub: AwsStub | undefined;

beforeEach(() => {
  Object.assign(process.env, SETTINGS);
});
afterEach(async () => {
  for (const name of [...Object.keys(SETTINGS), 'AWS_ENDPOINT_URL']) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await stub?.stop();
  stub = undefined;
});

async function play(answer: (request: StubRequest) => StubAnswer): Promise<AwsStub> {
  stub = await startAwsStub(answer);
  process.env.AWS_ENDPOINT_URL = stub.endpoint;
  return stub;
}

describe('the leadership table', () => {
  const signal = new AbortController().signal;
  const item = toItem(firstRecord('us-east-1', 60, 5), 'nonce-1');
  const fails = (type: string, status = 400) =>
    play(() => ({ status, body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}` }) }));

  it('is read strongly consistent', async () => {
    const { requests } = await play(() => ({ status: 200, body: '{}' }));
    await expect(dynamoTable('shop-leadership', 'us-east-1').read(signal)).resolves.toBeUndefined();
    expect(requests[0]?.headers['x-amz-target']).toBe('DynamoDB_20120810.GetItem');
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      TableName: 'shop-leadership',
      Key: { pk: { S: 'leadership' } },
      ConsistentRead: true,
    });
  });

  it('is written only if it has no record', async () => {
    const { requests } = await play(() => ({ status: 200, body: '{}' }));
    await dynamoTable('shop-leadership', 'us-east-1').create(item, signal);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      Item: { pk: { S: 'leadership' }, nonce: { S: 'nonce-1' }, epoch: { N: '1' }, frozen: { BOOL: false } },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': 'pk' },
    });
  });

  it('is written over only if its record is of the expected version', async () => {
    const { requests } = await play(() => ({ status: 200, body: '{}' }));
    await dynamoTable('shop-leadership', 'us-east-1').replace(item, 41, signal);
    expect(requests[0]?.headers['x-amz-target']).toBe('DynamoDB_20120810.PutItem');
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      TableName: 'shop-leadership',
      Item: { pk: { S: 'leadership' }, nonce: { S: 'nonce-1' }, version: { N: '1' } },
      ConditionExpression: '#version = :expected',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':expected': { N: '41' } },
    });
  });

  it('tells a refused condition from a conflict of two regions', async () => {
    await fails('ConditionalCheckFailedException');
    await expect(dynamoTable('t', 'us-east-1').create(item, signal)).rejects.toThrow(ConditionRefused);
    await expect(dynamoTable('t', 'us-east-1').replace(item, 1, signal)).rejects.toThrow(ConditionRefused);
    await stub?.stop();
    await fails('ReplicatedWriteConflictException');
    await expect(dynamoTable('t', 'us-east-1').create(item, signal)).rejects.toThrow(WriteConflict);
    await expect(dynamoTable('t', 'us-east-1').replace(item, 1, signal)).rejects.toThrow(WriteConflict);
  });

  it('is asked once a call: what a repetition means is not for the SDK to decide', async () => {
    const { requests } = await fails('InternalServerError', 500);
    await expect(dynamoTable('t', 'us-east-1').create(item, signal)).rejects.toThrow();
    await expect(dynamoTable('t', 'us-east-1').replace(item, 1, signal)).rejects.toThrow();
    await expect(dynamoTable('t', 'us-east-1').read(signal)).rejects.toThrow();
    expect(requests).toHaveLength(3);
  });
});

describe("a bucket's replication", () => {
  const direction = {
    bucket: 'here',
    destination: 'there',
    destinationRegion: 'us-west-2',
    role: 'arn:aws:iam::123456789012:role/r',
    replicaKey: 'arn:aws:kms:us-west-2:123456789012:alias/k',
  };
  const wanted = { role: direction.role, rules: [rule(direction, 1)] };
  const fails = (code: string, message: string, status = 400) =>
    play(() => ({
      status,
      type: 'application/xml',
      body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    }));

  it('is sent whole', async () => {
    const { requests } = await play(() => ({ status: 200, type: 'application/xml', body: '' }));
    await s3Buckets(true).source(direction).write(wanted);
    expect(requests[0]).toMatchObject({
      method: 'PUT',
      path: expect.stringMatching(/^\/here\/?\?replication/),
    });
    for (const part of [
      '<ID>holdfast-there</ID><Priority>1</Priority>',
      '<Filter><Prefix></Prefix></Filter>',
      '<SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects>',
      '<ReplicaModifications><Status>Enabled</Status></ReplicaModifications>',
      `<ReplicaKmsKeyID>${direction.replicaKey}</ReplicaKmsKeyID>`,
      '<ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time></ReplicationTime>',
      '<Metrics><Status>Enabled</Status><EventThreshold><Minutes>15</Minutes></EventThreshold></Metrics>',
      '<DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication>',
    ]) {
      expect(requests[0]?.body).toContain(part);
    }
  });

  it('knows a destination that S3 does not accept yet from other refusals', async () => {
    await fails('InvalidRequest', 'Destination bucket must have versioning enabled.');
    await expect(s3Buckets(true).source(direction).write(wanted)).rejects.toThrow(DestinationNotReady);
    await stub?.stop();
    await fails('InvalidRequest', 'Found overlapping rules.');
    const refused = s3Buckets(true).source(direction).write(wanted);
    await expect(refused).rejects.toThrow('Found overlapping rules');
    await expect(refused).rejects.not.toThrow(DestinationNotReady);
    await stub?.stop();
    await fails('NoSuchBucket', 'The specified bucket does not exist', 404);
    await expect(s3Buckets(true).source(direction).write(wanted)).rejects.toThrow(BucketGone);
  });
});

describe("the registry's rules", () => {
  it('of others are sent back as they came', async () => {
    const foreign = [
      { destinations: [{ region: 'eu-west-1', registryId: '111122223333' }] },
      {
        destinations: [
          { region: 'eu-west-1', registryId: '123456789012' },
          { region: 'eu-west-2', registryId: '123456789012' },
        ],
        repositoryFilters: [
          { filter: 'bank/', filterType: 'PREFIX_MATCH' },
          { filter: 'club/', filterType: 'PREFIX_MATCH' },
        ],
      },
    ];
    let rules: readonly unknown[] = foreign;
    await play(({ headers, body }) => {
      if (String(headers['x-amz-target']).endsWith('PutReplicationConfiguration')) {
        rules = JSON.parse(body).replicationConfiguration.rules;
      }
      const answer = { registryId: '123456789012', replicationConfiguration: { rules } };
      return { status: 200, body: JSON.stringify(answer), type: 'application/x-amz-json-1.1' };
    });
    const host = resourceHost();
    const resource = replication(ecrRegistry(), () => 0);
    const properties = { prefix: 'shop/', region: 'us-west-2', account: '123456789012' };
    await host.clock.run(resource.create(properties, host));
    expect(rules).toEqual([
      ...foreign,
      ownRule('shop/', { region: 'us-west-2', registryId: '123456789012' }),
    ]);
    await host.clock.run(resource.delete(properties, host));
    expect(rules).toEqual(foreign);
  });
});
