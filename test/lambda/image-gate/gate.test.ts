import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, gate, NotComplete } from '../../../lambda/image-gate/gate';
import { parseService } from '../../../lambda/image-gate/service';
import { resourceHost } from '../../support/resource-host';
import { FakeCloud, IMAGE, RAW } from './fakes';

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
    const none = parseService({ ...RAW, Desired: '0', Min: '0' });
    expect(await ask(new FakeCloud([IMAGE], undefined), none)).toMatchObject({ desired: 0, min: 0, max: 10 });
  });

  it('always gets numbers in the order that Application Auto Scaling demands', async () => {
    const count = fc.option(fc.nat(50), { nil: undefined });
    const limits = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((three) => three.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(count, limits, fc.boolean(), async (present, [min, desired, max], there) => {
        const what = parseService({ ...RAW, Min: String(min), Desired: String(desired), Max: String(max) });
        const answer = await ask(new FakeCloud(there ? [IMAGE] : [], present), what).catch(() => undefined);
        if (!answer) return expect([there, (present ?? 0) > 0]).toEqual([false, true]);
        expect(answer.min).toBeLessThanOrEqual(answer.desired);
        expect(answer.desired).toBeLessThanOrEqual(answer.max);
      }),
    );
  });

  it('gets its numbers as attributes, in text', async () => {
    const cloud = new FakeCloud([IMAGE], 5);
    const resource = gate(cloud);
    const { data } = await resource.update(service, resourceHost());
    expect(data).toMatchObject({ Desired: '5', Min: '2', Max: '10' });
    await expect(resource.delete(service, resourceHost())).resolves.toBeUndefined();
    expect(cloud.calls).toEqual([]);
  });

  it('is refused with numbers or references that contradict each other', () => {
    expect(() => parseService({ ...RAW, Max: '1' })).toThrow('Max must be at least Min (2)');
    expect(() => parseService({ ...RAW, Desired: '1' })).toThrow(
      'Desired must be between Min and Max (2 to 10)',
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
    const { data } = await host.clock.run(gate(cloud).create(two, host));
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
