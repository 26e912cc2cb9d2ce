import { describe, expect, it } from '@jest/globals';
import { parseService } from '../../../lambda/image-gate/service';
import { start } from '../../../lambda/image-gate/start';
import { FakeClock } from '../../support/fake-clock';
import { FakeCloud, FOLLOWS, IMAGE, RAW, UNKNOWN } from './fakes';

const service = parseService(RAW);
const { Repository: _, Tag: __, ...upstream } = RAW;

async function ask(cloud: FakeCloud, what = service, manner: { seconds?: number; dryRun?: boolean } = {}) {
  const { seconds = 60, dryRun = false } = manner;
  const clock = new FakeClock();
  const begun = clock.now();
  const done = await clock.run(start(what, cloud, clock, { deadline: begun + seconds * 1000, dryRun }));
  return { ...done, waited: (clock.now() - begun) / 1000 };
}

describe('the start of a service that waits', () => {
  it('sets its limits first', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    expect(await ask(cloud)).toEqual({
      state: 'started',
      sentence: 'shop/backend:v1 is there; backend starts with 3.',
      waited: 0,
    });
    expect(cloud.calls).toEqual(['limits shop/backend 2 10', 'count shop/backend 3']);
  });

  it('makes no scalable target of one that is not scaled', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    await ask(cloud, parseService({ ...RAW, Scaled: 'false' }));
    expect(cloud.calls).toEqual(['count shop/backend 3']);
  });

  it.each([FOLLOWS, UNKNOWN])(
    'gives it the size for standing by unless its region leads: %j',
    async (leading) => {
      const cloud = new FakeCloud([IMAGE], 0);
      cloud.leading = leading;
      expect(await ask(cloud)).toMatchObject({ state: 'started' });
      expect(cloud.calls).toEqual(['limits shop/backend 1 10', 'count shop/backend 1']);
    },
  );

  it('changes nothing when it comes twice', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    await ask(cloud);
    const again = await ask(cloud);
    expect(again).toMatchObject({ state: 'runs' });
    expect(again.sentence).toContain('backend runs already, with 3');
    expect(cloud.calls).toHaveLength(2);
  });

  it('leaves one that runs alone, whatever is missing', async () => {
    expect(await ask(new FakeCloud([], 2))).toMatchObject({ state: 'runs' });
  });

  it('does not happen for another image', async () => {
    const cloud = new FakeCloud(['shop/backend:v2'], 0);
    expect(await ask(cloud)).toMatchObject({
      state: 'stays',
      sentence:
        'backend waits: there is no image shop/backend:v1 yet. Push the image; then it starts by itself.',
    });
    expect(cloud.calls).toEqual([]);
  });

  it('does not happen while a secret has no value, and says what to do', async () => {
    const what = parseService({ ...RAW, Secrets: ['shop/a'] });
    const cloud = new FakeCloud([IMAGE], 0);
    expect(await ask(cloud, what)).toMatchObject({
      state: 'stays',
      sentence: 'backend waits: the secret shop/a has no value. Set it, then say: npx holdfast start backend',
    });
    expect(cloud.calls).toEqual([]);
    cloud.set = ['shop/a'];
    expect(await ask(cloud, what)).toMatchObject({ state: 'started' });
  });

  it('asks only for the secrets and the login of one with a public image', async () => {
    const what = parseService({ ...upstream, Login: 'ecr-pullthroughcache/shop-ghcr-io' });
    const cloud = new FakeCloud([], 0);
    expect(await ask(cloud, what)).toMatchObject({ state: 'stays' });
    cloud.set = ['login ecr-pullthroughcache/shop-ghcr-io'];
    expect(await ask(cloud, what)).toMatchObject({
      state: 'started',
      sentence: 'Nothing is missing; backend starts with 3.',
    });
  });

  it('leaves a standby without tasks as it is', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    expect(await ask(cloud, parseService({ ...RAW, Serving: '0 0 10' }))).toMatchObject({
      state: 'rests',
      sentence: 'backend is meant to have no task here.',
    });
    expect(cloud.calls).toEqual([]);
  });

  it('waits for a service that its stack is still making', async () => {
    const cloud = new FakeCloud([IMAGE], undefined);
    let looks = 0;
    cloud.desiredCount = async () => {
      looks += 1;
      return looks > 3 ? 0 : undefined;
    };
    expect(await ask(cloud)).toMatchObject({ state: 'started', waited: 30 });
  });

  it('says so when there is no service to the end', async () => {
    const lonely = await ask(new FakeCloud([IMAGE], undefined));
    expect(lonely).toMatchObject({ state: 'stays', waited: 60 });
    expect(lonely.sentence).toBe('There is no service backend in the cluster shop; deploy it.');
    expect(await ask(new FakeCloud([IMAGE], undefined), service, { seconds: 0 })).toMatchObject({
      waited: 0,
    });
  });

  it('is only told of where nothing may be changed', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    expect(await ask(cloud, service, { dryRun: true })).toMatchObject({
      state: 'would-start',
      sentence: 'shop/backend:v1 is there; backend would start with 3.',
    });
    expect(cloud.calls).toEqual([]);
  });
});
