import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { Network, OUTSIDE } from '../../local/network/network';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT } from './support';

const [HOME, STANDBY, WITNESS] = ['us-east-1', 'us-west-2', 'us-east-2'] as const;
const REGIONS = [HOME, STANDBY, WITNESS];
/** Far longer than an answer of this machine takes. */
const PATIENCE_MS = 700;

let api: LocalAws;
let network: Network;

beforeAll(async () => {
  network = new Network(REGIONS);
  api = await startLocalAws({ account: ACCOUNT, network, say: sayAtOnce });
  // The first request to each service loads it, which takes longer than anybody is patient here.
  await Promise.all([
    new RDSClient(config(undefined, HOME)).send(new DescribeDBInstancesCommand()),
    new DynamoDBClient(config(undefined, HOME)).send(new ListTablesCommand()),
    new SNSClient(config(undefined, HOME)).send(new ListTopicsCommand()),
  ]);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());
afterEach(async () => {
  for (const one of [OUTSIDE, ...REGIONS]) for (const other of REGIONS) network.join(one, other);
  for (const region of REGIONS) network.regain(region);
  await api.applyNetwork();
});

/** @param from region whose functions ask; undefined: somebody outside */
const config = (from: string | undefined, region: string) => ({
  region,
  endpoint: api.endpoint,
  maxAttempts: 1,
  credentials: { accessKeyId: from === undefined ? 'local' : `local-${from}`, secretAccessKey: 'local' },
});
const patience = () => ({ abortSignal: AbortSignal.timeout(PATIENCE_MS) });

const answers = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );
const instancesOf = (region: string, from?: string) =>
  answers(new RDSClient(config(from, region)).send(new DescribeDBInstancesCommand(), patience()));
const tablesOf = (region: string, from?: string) =>
  answers(new DynamoDBClient(config(from, region)).send(new ListTablesCommand(), patience()));

describe('the network between the regions of the local AWS API', () => {
  it('is whole until something is cut', async () => {
    expect(await Promise.all([instancesOf(HOME), instancesOf(STANDBY, HOME)])).toEqual([true, true]);
  });

  it('lets nothing through between two regions that are cut apart, and everything else', async () => {
    network.cut(HOME, STANDBY);
    await api.applyNetwork();
    expect(
      await Promise.all([
        instancesOf(STANDBY, HOME),
        instancesOf(HOME, STANDBY),
        instancesOf(HOME, HOME),
        instancesOf(HOME, WITNESS),
        instancesOf(HOME),
      ]),
    ).toEqual([false, false, true, true, true]);
  });

  it('does what was asked over a one-way road, and never answers', async () => {
    network.close(STANDBY, HOME);
    await api.applyNetwork();
    const asked = new SNSClient(config(HOME, STANDBY)).send(
      new CreateTopicCommand({ Name: 'asked' }),
      patience(),
    );
    expect(await answers(asked)).toBe(false);
    const { Topics } = await new SNSClient(config(undefined, STANDBY)).send(new ListTopicsCommand());
    expect(Topics?.map(({ TopicArn }) => TopicArn?.split(':').at(-1))).toContain('asked');
  });

  it('answers nobody from a region that is gone, also nobody outside', async () => {
    network.lose(HOME);
    await api.applyNetwork();
    expect(
      await Promise.all([instancesOf(HOME), instancesOf(HOME, HOME), instancesOf(STANDBY, WITNESS)]),
    ).toEqual([false, false, true]);
  });

  it('answers again when the region is back', async () => {
    network.lose(HOME);
    await api.applyNetwork();
    network.regain(HOME);
    await api.applyNetwork();
    expect(await instancesOf(HOME, STANDBY)).toBe(true);
  });

  it('keeps the replica of the table from answering in a region that can agree with no other one', async () => {
    network.cut(HOME, STANDBY);
    network.cut(HOME, WITNESS);
    await api.applyNetwork();
    expect(
      await Promise.all([
        tablesOf(HOME, HOME),
        tablesOf(HOME),
        tablesOf(STANDBY, STANDBY),
        instancesOf(HOME, HOME),
      ]),
    ).toEqual([false, false, true, true]);
  });

  it('keeps the table in a region that still reaches one other', async () => {
    network.cut(HOME, STANDBY);
    await api.applyNetwork();
    expect(await Promise.all([tablesOf(HOME, HOME), tablesOf(STANDBY, STANDBY)])).toEqual([true, true]);
  });

  it('keeps users from a region that they are cut from', async () => {
    network.cut(OUTSIDE, HOME);
    await api.applyNetwork();
    expect(await Promise.all([instancesOf(HOME), instancesOf(HOME, STANDBY)])).toEqual([false, true]);
  });
});
