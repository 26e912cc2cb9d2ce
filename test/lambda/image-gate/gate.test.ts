import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { start } from '../../../lambda/image-gate/arrival';
import { decide, gate, ImageMissing } from '../../../lambda/image-gate/gate';
import { parseService } from '../../../lambda/image-gate/service';
import { FakeClock } from '../../support/fake-clock';
import { resourceHost } from '../../support/resource-host';
import { FakeCloud } from './fakes';

const raw = {
  Repository: 'shop/backend',
  Tag: 'v1',
  Cluster: 'shop',
  Service: 'backend',
  Desired: '3',
  Min: '2',
  Max: '10',
};
const service = parseService(raw);
const IMAGE = 'shop/backend:v1';
const ask = (cloud: FakeCloud, what = service) => decide(what, cloud, cloud);

describe('a service stack', () => {
  it('begins with the wanted number if the image is there', async () => {
    for (const count of [undefined, 0]) {
      expect(await ask(new FakeCloud([IMAGE], count))).toEqual({
        desired: 3,
        min: 2,
        max: 10,
        sentence: 'shop/backend:v1 is there; backend starts with 3.',
      });
    }
  });

  it('begins with no task and a sentence if the image is not there, so that it does not hang', async () => {
    for (const count of [undefined, 0]) {
      expect(await ask(new FakeCloud(['shop/backend:v0'], count))).toEqual({
        desired: 0,
        min: 0,
        max: 0,
        sentence: 'There is no image shop/backend:v1 yet; push it and the service starts by itself.',
      });
    }
  });

  it('keeps the number to which the service was scaled', async () => {
    expect((await ask(new FakeCloud([IMAGE], 7))).desired).toBe(7);
  });

  it('with an image of a public registry begins and goes on without looking for it', async () => {
    const { Repository: _, Tag: __, ...rest } = raw;
    const relay = parseService(rest);
    expect(await ask(new FakeCloud([], undefined), relay)).toMatchObject({ desired: 3, min: 2, max: 10 });
    expect(await ask(new FakeCloud([], 7), relay)).toMatchObject({ desired: 7, min: 2, max: 10 });
  });

  it('moves a number outside of the new limits to the nearest limit', async () => {
    expect((await ask(new FakeCloud([IMAGE], 1))).desired).toBe(2);
    expect((await ask(new FakeCloud([IMAGE], 40))).desired).toBe(10);
  });

  it('refuses an update to an image that is not there while the service runs', async () => {
    const cloud = new FakeCloud([], 3);
    await expect(ask(cloud)).rejects.toThrow(ImageMissing);
    await expect(ask(cloud)).rejects.toThrow(
      'There is no image shop/backend:v1. The service backend runs and was not changed; push the image first',
    );
  });

  it('stays without a task where it is meant to have none', async () => {
    const none = parseService({ ...raw, Desired: '0', Min: '0' });
    expect(await ask(new FakeCloud([IMAGE], undefined), none)).toMatchObject({ desired: 0, min: 0, max: 10 });
  });

  it('always gets numbers in the order that Application Auto Scaling demands', async () => {
    const count = fc.option(fc.nat(50), { nil: undefined });
    const limits = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((three) => three.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(count, limits, fc.boolean(), async (present, [min, desired, max], there) => {
        const what = parseService({ ...raw, Min: String(min), Desired: String(desired), Max: String(max) });
        const answer = await ask(new FakeCloud(there ? [IMAGE] : [], present), what).catch(() => undefined);
        if (!answer) return expect([there, (present ?? 0) > 0]).toEqual([false, true]);
        expect(answer.min).toBeLessThanOrEqual(answer.desired);
        expect(answer.desired).toBeLessThanOrEqual(answer.max);
      }),
    );
  });

  it('gets its numbers as attributes, in text', async () => {
    const cloud = new FakeCloud([IMAGE], 5);
    const resource = gate(cloud, cloud);
    const { data } = await resource.update(service, resourceHost());
    expect(data).toMatchObject({ Desired: '5', Min: '2', Max: '10' });
    await expect(resource.delete(service, resourceHost())).resolves.toBeUndefined();
    expect(cloud.calls).toEqual([]);
  });

  it('is refused with numbers or references that contradict each other', () => {
    expect(() => parseService({ ...raw, Max: '1' })).toThrow('Max must be at least Min (2)');
    expect(() => parseService({ ...raw, Desired: '1' })).toThrow(
      'Desired must be between Min and Max (2 to 10)',
    );
    expect(() => parseService({ ...raw, Digest: 'sha256:0' })).toThrow('Tag must be absent');
    const { Tag: _, ...untagged } = raw;
    expect(() => parseService(untagged)).toThrow('Tag must be a text');
    expect(parseService({ ...untagged, Digest: 'sha256:0' }).image).toEqual({
      repository: 'shop/backend',
      reference: { digest: 'sha256:0' },
    });
  });
});

describe('the arrival of an image', () => {
  async function arrive(cloud: FakeCloud, what = service, seconds = 60) {
    const clock = new FakeClock();
    const begun = clock.now();
    const arrival = await clock.run(start(what, cloud, cloud, clock, begun + seconds * 1000));
    return { ...arrival, waited: (clock.now() - begun) / 1000 };
  }

  it('starts a service that waits for it, with its limits set first', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    expect(await arrive(cloud)).toMatchObject({ started: true, waited: 0 });
    expect(cloud.calls).toEqual(['limits shop/backend 2 10', 'count shop/backend 3']);
  });

  it('changes nothing when it comes twice', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    await arrive(cloud);
    const again = await arrive(cloud);
    expect(again).toMatchObject({ started: false });
    expect(again.sentence).toContain('it runs already, with 3');
    expect(cloud.calls).toHaveLength(2);
  });

  it('of another tag starts nothing', async () => {
    const cloud = new FakeCloud(['shop/backend:v2'], 0);
    expect((await arrive(cloud)).sentence).toBe(
      'backend was not started: what arrived in shop/backend is not the image shop/backend:v1.',
    );
    expect(cloud.calls).toEqual([]);
  });

  it('leaves a standby without tasks as it is', async () => {
    const cloud = new FakeCloud([IMAGE], 0);
    expect((await arrive(cloud, parseService({ ...raw, Desired: '0', Min: '0' }))).started).toBe(false);
    expect(cloud.calls).toEqual([]);
  });

  it('waits for a service that its stack is still making', async () => {
    const cloud = new FakeCloud([IMAGE], undefined);
    let looks = 0;
    cloud.desiredCount = async () => {
      looks += 1;
      return looks > 3 ? 0 : undefined;
    };
    expect(await arrive(cloud)).toMatchObject({ started: true, waited: 30 });
  });

  it('says so when there is no service to the end', async () => {
    const lonely = await arrive(new FakeCloud([IMAGE], undefined));
    expect(lonely).toMatchObject({ started: false, waited: 60 });
    expect(lonely.sentence).toContain('there is no such service in the cluster shop');
  });
});
