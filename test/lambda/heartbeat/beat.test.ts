import { afterEach, describe, expect, it } from '@jest/globals';
import * as relay from '../../../lambda/alert-relay/contract';
import { cloudWatchOf } from '../../../lambda/heartbeat/aws';
import { beat, NotHeard } from '../../../lambda/heartbeat/beat';
import * as contract from '../../../lambda/heartbeat/contract';
import type { Listener } from '../../../lambda/heartbeat/ports';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';

const silent = () => {};

/** A region that writes down each heartbeat it hears. */
function ear(region: string, heard: string[], works = true): Listener {
  return {
    region,
    async hear() {
      if (!works) throw new Error('unreachable');
      heard.push(region);
    },
  };
}

describe('a heartbeat', () => {
  it('is heard by every region', async () => {
    const heard: string[] = [];
    await beat([ear('us-east-1', heard), ear('us-west-2', heard)], silent);
    expect(heard).toEqual(['us-east-1', 'us-west-2']);
  });

  it('reaches the others when one region is gone, and the run ends with an error that names it', async () => {
    const heard: string[] = [];
    const told: unknown[] = [];
    const run = beat([ear('us-east-1', heard, false), ear('us-west-2', heard)], (event, fields) =>
      told.push([event, fields?.region]),
    );
    await expect(run).rejects.toEqual(new NotHeard(['us-east-1']));
    expect(heard).toEqual(['us-west-2']);
    expect(told).toEqual([['not-heard', 'us-east-1']]);
  });

  it('does not wait for a region that hangs before it tells the next one', async () => {
    const heard: string[] = [];
    const hangs: Listener = { region: 'us-east-1', hear: () => new Promise(() => {}) };
    void beat([hangs, ear('us-west-2', heard)], silent);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(['us-west-2']);
  });

  it('is the same metric as that of the relays', () => {
    expect(contract.HEARTBEAT_METRIC).toBe(relay.HEARTBEAT_METRIC);
    expect(contract.METRIC_NAMESPACE).toBe(relay.METRIC_NAMESPACE);
  });
});

describe('CloudWatch of another region', () => {
  const before = { ...process.env };
  let stub: AwsStub | undefined;
  afterEach(async () => {
    await stub?.stop();
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL']) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('gets a metric that is 1, with the platform and the region that it comes from', async () => {
    stub = await startAwsStub(() => ({ status: 200, body: '{}' }));
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: stub.endpoint,
    });
    await cloudWatchOf('shop', 'us-east-2', 'us-west-2')
      .hear()
      .catch(() => undefined);
    const [request] = stub.requests;
    expect(request?.headers.authorization).toContain('/us-west-2/monitoring/');
    const body = request?.body ?? '';
    for (const text of ['Holdfast', 'PeerHeartbeat', 'Platform', 'shop', 'From', 'us-east-2'])
      expect(body).toContain(text);
  });
});
