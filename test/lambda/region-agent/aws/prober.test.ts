import { describe, expect, it } from '@jest/globals';
import type { Ecs, EcsService } from '../../../../lambda/region-agent/aws/ecs';
import { applicationProber } from '../../../../lambda/region-agent/aws/prober';
import { NoProbe, proberInvocation, type Witness } from '../../../../lambda/region-agent/aws/witness';
import type { Prober } from '../../../../lambda/region-agent/ports';
import type { GetStatus } from '../../../../lambda/runtime/health';
import { FakeClock } from '../../../support/fake-clock';
import { FAST, jsonError, regionOf, usePlayedService } from './support';

const MINUTE = 60_000;
const HOME = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const STANDBY = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

interface Running {
  readonly images: readonly string[];
  readonly desired?: number;
  readonly deployedMinutesAgo?: number;
}

const clock = new FakeClock();

function services(running: Readonly<Record<string, Running>>): Ecs {
  return {
    services: async () =>
      Object.entries(running).map(
        ([name, { desired = 1, deployedMinutesAgo = 120 }]): EcsService => ({
          name,
          desired,
          running: desired,
          tags: new Map(),
          taskDefinition: name,
          deploymentsMs: [clock.now() - 7 * 24 * 60 * MINUTE, clock.now() - deployedMinutesAgo * MINUTE],
        }),
      ),
    images: async (name) => running[name]?.images ?? [],
    setDesired: async () => undefined,
  };
}

const never: Witness = () => Promise.reject(new Error('not asked'));
const answering =
  (status: number): GetStatus =>
  async () =>
    status;

function prober(
  own: Readonly<Record<string, Running>>,
  other: Readonly<Record<string, Running>>,
  get: GetStatus = answering(200),
  witness = never,
): Prober {
  const places = {
    ownUrl: 'https://standby.shop/health',
    otherUrl: 'https://home.shop/health',
    otherSide: 'home',
    own: services(own),
    other: services(other),
  } as const;
  return applicationProber(places, witness, get, clock);
}

describe('the other side, asked from here', () => {
  it.each([
    [200, true],
    [302, true],
    [404, true],
    [499, true],
    [500, false],
    [503, false],
  ])('answers by HTTP %d: %s', async (status, answers) => {
    const asked: string[] = [];
    const get: GetStatus = async (url) => {
      asked.push(url);
      return status;
    };
    await expect(prober({}, {}, get).fromHere()).resolves.toEqual({
      answers,
      sentence: `https://home.shop/health answers with HTTP ${status}.`,
    });
    expect(asked).toEqual(['https://home.shop/health']);
  });
});

describe('the other side, asked from the witness', () => {
  it('is named by its part in the platform', async () => {
    const asked: string[] = [];
    const witness: Witness = async (side) => {
      asked.push(side);
      return { answers: true, sentence: 'It answers.' };
    };
    await expect(prober({}, {}, answering(200), witness).fromWitness()).resolves.toMatchObject({
      answers: true,
    });
    expect(asked).toEqual(['home']);
  });
});

describe('the own side', () => {
  it('would do as well if it is well and runs the same images, each from its own registry', async () => {
    const own = {
      web: { images: [`${STANDBY}/shop/web:v2`, 'public.ecr.aws/x:1'] },
      idle: { images: ['a'] },
    };
    const other = {
      web: { images: ['public.ecr.aws/x:1', `${HOME}/shop/web:v2`] },
      idle: { images: ['b'], desired: 0 },
    };
    await expect(prober(own, other).ownSide()).resolves.toMatchObject({ answers: true });
  });

  it('would not if an image differs, and the sentence says which', async () => {
    const own = { web: { images: [`${STANDBY}/shop/web:v1`] } };
    const other = { web: { images: [`${HOME}/shop/web:v2`] } };
    await expect(prober(own, other).ownSide()).resolves.toEqual({
      answers: false,
      sentence: 'web is shop/web:v1 here and shop/web:v2 on the other side.',
    });
    await expect(prober({}, other).ownSide()).resolves.toEqual({
      answers: false,
      sentence: 'The own side has no service web.',
    });
  });

  it('would not while a deployment of the other side may be what is wrong', async () => {
    const web = { images: ['web:v2'] };
    await expect(prober({ web }, { web: { ...web, deployedMinutesAgo: 59 } }).ownSide()).resolves.toEqual({
      answers: false,
      sentence: 'A deployment of web on the other side began less than an hour ago.',
    });
    await expect(
      prober({ web }, { web: { ...web, deployedMinutesAgo: 60 } }).ownSide(),
    ).resolves.toMatchObject({ answers: true });
  });

  it.each([503, 404, 301])('would not if its deep check answers with HTTP %d', async (status) => {
    const web = { images: ['web:v2'] };
    await expect(prober({ web }, { web }, answering(status)).ownSide()).resolves.toEqual({
      answers: false,
      sentence: `https://standby.shop/health answers with HTTP ${status}.`,
    });
  });
});

describe('the prober in the witness region', () => {
  const played = usePlayedService('LAMBDA');
  const ask = () => proberInvocation('shop-prober', 'eu-west-1', FAST)('standby');
  const answer = (body: string) => () => ({ status: 200, body, type: 'application/json' });

  it('is invoked there with the side, and its answer is passed on', async () => {
    played.play(answer('{"answers":false,"sentence":"It does not answer."}'));
    await expect(ask()).resolves.toEqual({ answers: false, sentence: 'It does not answer.' });
    const [request] = played.requests;
    expect(request?.path).toBe('/2015-03-31/functions/shop-prober/invocations');
    expect([request?.body, request && regionOf(request)]).toEqual(['{"side":"standby"}', 'eu-west-1']);
  });

  it.each(['', 'null', '{"answers":"yes","sentence":"x"}', '{"answers":true}', 'no JSON'])(
    'that answers something else has said nothing: %s',
    async (body) => {
      played.play(answer(body));
      await expect(ask()).rejects.toThrow(NoProbe);
    },
  );

  it('that is throttled or hangs is an error, and is asked once', async () => {
    played.play(() => jsonError('TooManyRequestsException', 'Rate exceeded', 429));
    await expect(ask()).rejects.toThrow('Asking the prober in eu-west-1 was throttled by AWS');
    expect(played.requests).toHaveLength(1);
    played.hang();
    await expect(ask()).rejects.toThrow('Asking the prober in eu-west-1 gave no answer within 6 s.');
  });
});
