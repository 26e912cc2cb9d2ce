import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, gate, LeadMoves, NotComplete } from '../../../lambda/image-gate/gate';
import { parseService } from '../../../lambda/image-gate/service';
import { resourceHost } from '../../support/resource-host';
import { FakeCloud, FOLLOWS, IMAGE, LEADS, MOVING, RAW, UNKNOWN } from './fakes';

const service = parseService(RAW);
const ask = (cloud: FakeCloud, what = service) => decide(what, cloud);

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
        sentence:
          'backend waits: there is no image shop/backend:v1 yet. Push the image; then it starts by itself.',
      });
    }
  });

  it('keeps the number to which the service was scaled', async () => {
    expect((await ask(new FakeCloud([IMAGE], 7))).desired).toBe(7);
  });

  it('with an image of a public registry begins and goes on without looking for it', async () => {
    const { Repository: _, Tag: __, ...rest } = RAW;
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
    await expect(ask(cloud)).rejects.toThrow(NotComplete);
    await expect(ask(cloud)).rejects.toThrow(
      'There is no image shop/backend:v1. The service backend runs and was not changed; push the image first',
    );
  });

  it('stays without a task where it is meant to have none', async () => {
    const none = parseService({ ...RAW, Serving: '0 0 10' });
    expect(await ask(new FakeCloud([IMAGE], undefined), none)).toMatchObject({ desired: 0, min: 0, max: 10 });
  });

  it('always gets numbers in the order that Application Auto Scaling demands', async () => {
    const count = fc.option(fc.nat(50), { nil: undefined });
    const size = fc
      .tuple(fc.nat(20), fc.nat(20), fc.nat(20))
      .map((three) => three.sort((a, b) => a - b).join(' '));
    const lead = fc.constantFrom(LEADS, FOLLOWS, UNKNOWN);
    await fc.assert(
      fc.asyncProperty(
        count,
        size,
        size,
        lead,
        fc.boolean(),
        async (present, Serving, Standby, leading, there) => {
          const cloud = new FakeCloud(there ? [IMAGE] : [], present);
          cloud.leading = leading;
          const answer = await ask(cloud, parseService({ ...RAW, Serving, Standby })).catch(() => undefined);
          if (!answer) return expect([there, (present ?? 0) > 0]).toEqual([false, true]);
          expect(answer.min).toBeLessThanOrEqual(answer.desired);
          expect(answer.desired).toBeLessThanOrEqual(answer.max);
        },
      ),
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
    for (const wrong of ['3 2 10', '2 3 1', '2 3', '2 3 x', '-1 3 10'])
      expect(() => parseService({ ...RAW, Standby: wrong })).toThrow(
        `Standby must be "<min> <desired> <max>", none smaller than the one before, but is "${wrong}"`,
      );
    expect(() => parseService({ ...RAW, Digest: 'sha256:0' })).toThrow('Tag must be absent');
    const { Tag: _, ...untagged } = RAW;
    expect(() => parseService(untagged)).toThrow('Tag must be a text');
    expect(parseService({ ...untagged, Digest: 'sha256:0' }).image).toEqual({
      repository: 'shop/backend',
      reference: { digest: 'sha256:0' },
    });
  });
});

describe('a service stack while the lead moves', () => {
  const change = async (
    kind: 'create' | 'update',
    count: number | undefined,
    back: boolean | Error = false,
  ) => {
    const cloud = new FakeCloud([IMAGE], count);
    cloud.leading = { known: true, leads: true, moving: MOVING };
    cloud.back = back;
    const host = resourceHost();
    return host.clock.run(gate(cloud, cloud)[kind](service, host));
  };

  it('changes no service that runs, and says when it may', async () => {
    await expect(change('update', 3)).rejects.toThrow(LeadMoves);
    await expect(change('update', 3)).rejects.toThrow(
      'The service backend runs and was not changed, because the lead just moves (PROMOTING, us-west-2). Deploy again when',
    );
  });

  it('goes back to what it was before, so that it is not stuck, also if AWS does not tell where it goes', async () => {
    expect((await change('update', 3, true)).data).toMatchObject({ Desired: '3' });
    expect((await change('update', 3, new Error('Rate exceeded'))).data).toMatchObject({ Desired: '3' });
  });

  it('makes a service that is new, and gives one that waits what is new', async () => {
    expect((await change('create', undefined)).data).toMatchObject({ Desired: '3' });
    expect((await change('update', 0)).data).toMatchObject({ Desired: '3' });
  });
});

describe('a service stack in a region that does not lead', () => {
  const following = (count: number | undefined): FakeCloud => {
    const cloud = new FakeCloud([IMAGE], count);
    cloud.leading = FOLLOWS;
    return cloud;
  };

  it('begins with the size for standing by, and says why', async () => {
    expect(await ask(following(undefined))).toEqual({
      desired: 1,
      min: 1,
      max: 10,
      sentence: 'shop/backend:v1 is there; backend starts with 1, because this region does not lead.',
    });
  });

  it('leaves a service alone that was set to no task: a new leader may have closed this side', async () => {
    expect(await ask(following(0))).toEqual({
      desired: 0,
      min: 0,
      max: 0,
      sentence:
        'backend stays without a task, because this region does not lead. Start it by: npx holdfast start backend',
    });
  });

  it('keeps the number of a service that runs, within the limits for standing by', async () => {
    expect(await ask(following(4))).toMatchObject({ desired: 4, min: 1, max: 10 });
    expect(await ask(following(40))).toMatchObject({ desired: 10 });
  });
});

describe('a service stack in a standby that took over', () => {
  it('has the size for leading, because the record says so and no template does', async () => {
    expect(await ask(new FakeCloud([IMAGE], 1))).toMatchObject({ desired: 2, min: 2, max: 10 });
    expect(await ask(new FakeCloud([IMAGE], 0))).toMatchObject({ desired: 3 });
  });
});

describe('a service stack while nobody can say who leads', () => {
  const unknown = (count: number | undefined): FakeCloud => {
    const cloud = new FakeCloud([IMAGE], count);
    cloud.leading = UNKNOWN;
    return cloud;
  };

  it.each([1, 2, 7, 40])('takes no task away from %d that run and adds none', async (running) => {
    const { desired, min, max } = await ask(unknown(running));
    expect(desired).toBe(running);
    expect(min).toBe(Math.min(running, 2));
    expect(max).toBe(Math.max(running, 10));
  });

  it.each([undefined, 0])('begins with the size for standing by if there is no task (%s)', async (count) => {
    expect(await ask(unknown(count))).toEqual({
      desired: 1,
      min: 1,
      max: 10,
      sentence:
        'shop/backend:v1 is there; backend starts with 1, because it cannot be seen whether this region leads: No region answered.',
    });
  });
});

describe('a service that reads secrets', () => {
  const two = parseService({ ...RAW, Secrets: ['shop/a', 'shop/b'] });
  const LOGIN = 'ecr-pullthroughcache/shop-ghcr-io';
  const { Repository: _, Tag: __, ...upstream } = RAW;
  const relay = parseService({ ...upstream, Service: 'relay', Secrets: ['shop/a'], Login: LOGIN });

  it('waits, with one sentence that names all that is missing', async () => {
    for (const count of [undefined, 0]) {
      expect(await ask(new FakeCloud([], count), two)).toEqual({
        desired: 0,
        min: 0,
        max: 0,
        sentence:
          'backend waits: there is no image shop/backend:v1 yet, and the secrets shop/a and shop/b have no value. ' +
          'Set them and push the image; then it starts by itself.',
      });
    }
  });

  it.each([
    [
      two,
      [IMAGE],
      ['shop/a'],
      'backend waits: the secret shop/b has no value. Set it, then say: npx holdfast start backend',
    ],
    [
      two,
      [],
      ['shop/a'],
      'backend waits: there is no image shop/backend:v1 yet, and the secret shop/b has no value. ' +
        'Set it and push the image; then it starts by itself.',
    ],
    [
      relay,
      [],
      [],
      `relay waits: the secret shop/a has no value, and the login ${LOGIN} was never set. ` +
        'Set them, then say: npx holdfast start relay',
    ],
    [
      relay,
      [],
      ['shop/a'],
      `relay waits: the login ${LOGIN} was never set. Set it, then say: npx holdfast start relay`,
    ],
  ])('says what it takes to start it: %#', async (what, images, set, sentence) => {
    expect(await ask(new FakeCloud(images, 0, set), what)).toMatchObject({ desired: 0, sentence });
  });

  it('starts once all of them are set', async () => {
    expect(await ask(new FakeCloud([IMAGE], 0, ['shop/a', 'shop/b']), two)).toMatchObject({ desired: 3 });
    expect(await ask(new FakeCloud([], undefined, ['shop/a', `login ${LOGIN}`]), relay)).toMatchObject({
      desired: 3,
      sentence: 'The image of a public registry is there; relay starts with 3.',
    });
  });

  it('takes a login for what it is: the value that AWS generated is none', async () => {
    expect(await ask(new FakeCloud([], 0, ['shop/a', LOGIN]), relay)).toMatchObject({ desired: 0 });
  });

  it.each([
    [
      [IMAGE],
      ['shop/a'],
      'The secret shop/b has no value. The service backend runs and was not changed; set it first',
    ],
    [
      [],
      [],
      'There is no image shop/backend:v1, and the secrets shop/a and shop/b have no value. The service backend runs ' +
        'and was not changed; set them and push the image first, then deploy again.',
    ],
  ])('refuses an update while it runs: %#', async (images, set, sentence) => {
    const asking = ask(new FakeCloud(images, 3, set), two);
    await expect(asking).rejects.toThrow(NotComplete);
    await expect(asking).rejects.toThrow(sentence);
  });

  it('is asked about again while the policy of the function is not in force yet', async () => {
    const cloud = new FakeCloud([IMAGE], 0, ['shop/a', 'shop/b']);
    cloud.refusals = 6;
    const host = resourceHost();
    const begun = host.clock.now();
    const { data } = await host.clock.run(gate(cloud, cloud).create(two, host));
    expect(data).toMatchObject({ Desired: '3' });
    expect(host.clock.now() - begun).toBe(15_000);
  });

  it('may have none: CloudFormation then gives an empty list, or nothing', () => {
    expect(parseService(RAW)).toMatchObject({ secrets: [], login: undefined });
    expect(parseService({ ...RAW, Secrets: [] }).secrets).toEqual([]);
    expect(two).toMatchObject({ secrets: ['shop/a', 'shop/b'], scaled: true });
    expect(parseService({ ...RAW, Scaled: 'false' }).scaled).toBe(false);
  });

  it.each([
    [{ Secrets: 'shop/a' }, 'The property Secrets must be a list of texts, but is "shop/a".'],
    [{ Secrets: ['shop/a', ''] }, 'The property Secrets must be a list of texts'],
    [{ Login: '' }, 'The property Login must be a text, but is "".'],
    [{ Scaled: undefined }, 'The property Scaled must be "true" or "false", but is absent.'],
    [{ Scaled: true }, 'The property Scaled must be "true" or "false", but is true.'],
  ])('is refused with %j', (change, message) => {
    expect(() => parseService({ ...RAW, ...change })).toThrow(message);
  });
});
