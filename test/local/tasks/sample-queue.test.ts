import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../../local/aws-api';
import { queueUrl } from '../../../local/drill/jobs';
import { SampleQueue } from '../../../local/tasks/sample-queue';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../support/local-aws';
import { platform } from '../../support/synth';

const PRODSTACK = platform('prodstack');
const HOME = PRODSTACK.regions.home.name;
const STANDBY = PRODSTACK.regions.standby.name;
let api: LocalAws;

beforeAll(async () => {
  api = await startLocalAws({ account: PRODSTACK.account, say: sayAtOnce });
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

async function queueIn(region: string): Promise<SampleQueue> {
  const url = await queueUrl(PRODSTACK, api.endpoint, region);
  if (url === undefined) throw new Error('prodstack has no queue.');
  return new SampleQueue({ endpoint: api.endpoint, region, url, use: 'work' });
}

describe('the queue that stands in for a broker', () => {
  it('gives a message out once, and none any more once it is deleted', async () => {
    const queue = await queueIn(HOME);
    await queue.send('a job');
    const [message] = await queue.receive();
    expect(message?.job).toBe('a job');
    expect(await queue.receive()).toEqual([]);
    if (message) await queue.delete(message);
    expect(await queue.receive()).toEqual([]);
  });

  it('is another one in the other region', async () => {
    await (await queueIn(HOME)).send('of home');
    expect(await (await queueIn(STANDBY)).receive()).toEqual([]);
    expect((await (await queueIn(HOME)).receive()).map(({ job }) => job)).toEqual(['of home']);
  });

  it('says so when it does not take a message', async () => {
    const lost = new SampleQueue({
      endpoint: api.endpoint,
      region: HOME,
      url: `${api.endpoint}/1/none`,
      use: 'send',
    });
    await expect(lost.send('a job')).rejects.toThrow('SendMessage was answered by 400');
  });
});

it('a platform without a queue needs none', async () => {
  expect(await queueUrl(platform('ops-center'), api.endpoint, HOME)).toBeUndefined();
});
