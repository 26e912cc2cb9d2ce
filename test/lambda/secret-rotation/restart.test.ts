import { describe, expect, it } from '@jest/globals';
import type { Cluster, ReadingService } from '../../../lambda/secret-rotation/ports';
import { nameInTag, regionsOfReaders, secretsInTag } from '../../../lambda/secret-rotation/readers';
import { COPY_MS, restartReaders } from '../../../lambda/secret-rotation/restart';
import { FakeClock } from '../../support/fake-clock';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const SECRET = `arn:aws:secretsmanager:${HOME}:123456789012:secret:shop/api-key-AbC123`;
const reading = (name: string, desired: number, ...secrets: string[]): ReadingService => ({
  name,
  desired,
  secrets,
});

interface World {
  readonly services: Readonly<Record<string, readonly ReadingService[] | Error>>;
  /** Answers about the copy in turn, the last one for ever. */
  readonly copy: readonly (string | Error)[];
  /** Services that ECS refuses to start anew. */
  readonly refused: readonly string[];
  readonly seconds: number;
}

async function rotated(changes: Partial<World>) {
  const world: World = { services: {}, copy: ['arrived'], refused: [], seconds: 600, ...changes };
  const clock = new FakeClock();
  const begun = clock.now();
  const restarts: string[] = [];
  const said: string[] = [];
  let looks = 0;
  const cluster = (region: string): Cluster => ({
    name: 'shop',
    async services() {
      const found = world.services[region] ?? [];
      if (found instanceof Error) throw found;
      return found;
    },
    async restart(service) {
      if (world.refused.includes(service)) throw new Error('ECS is busy.');
      restarts.push(`${region} ${service} after ${(clock.now() - begun) / 1000} s`);
    },
  });
  const copies = {
    async state(): Promise<string> {
      looks += 1;
      const answer = world.copy[Math.min(looks, world.copy.length) - 1] ?? 'arrived';
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const work = restartReaders({ secretId: SECRET, version: 'v2' }, [HOME, STANDBY], {
    own: HOME,
    cluster,
    copies,
    clock,
    log: (_, fields) => void said.push(String(fields?.sentence)),
    deadline: begun + world.seconds * 1000,
  });
  await clock.run(work);
  return { restarts, said, looks, elapsed: (clock.now() - begun) / 1000 };
}

describe('after a rotation', () => {
  it('the services that read the secret are started anew, and no others', async () => {
    const home = [reading('backend', 3, 'database', 'api-key'), reading('web', 2), reading('job', 1, 'api')];
    const { restarts, said, looks } = await rotated({ services: { [HOME]: home } });
    expect(restarts).toEqual(['us-east-1 backend after 0 s']);
    expect(said).toEqual(['backend in us-east-1 starts its tasks anew with the new value.']);
    expect(looks).toBe(0);
  });

  it('those in the other region wait until the copy of the secret is there, those at home do not', async () => {
    const services = {
      [HOME]: [reading('backend', 3, 'api-key')],
      [STANDBY]: [reading('backend', 1, 'api-key')],
    };
    const { restarts, said } = await rotated({ services, copy: ['InProgress', 'it still holds', 'arrived'] });
    expect(restarts).toEqual(['us-east-1 backend after 0 s', 'us-west-2 backend after 10 s']);
    expect(said).toContain('backend in us-west-2 starts its tasks anew with the new value.');
  });

  it('a copy that does not come is waited for a minute, and said', async () => {
    const services = { [STANDBY]: [reading('backend', 1, 'api-key')] };
    const { restarts, said } = await rotated({ services, copy: ['Failed: no key'] });
    expect(restarts).toEqual([`us-west-2 backend after ${COPY_MS / 1000} s`]);
    expect(said).toEqual([
      'backend in us-west-2 starts its tasks anew, perhaps with the old value: after 60 s the copy of the secret was ' +
        'not there yet (Failed: no key). Repeat it later: aws ecs update-service --region us-west-2 --cluster shop ' +
        '--service backend --force-new-deployment',
    ]);
  });

  it('a copy that nobody can tell of is said too, and no wait outlives the function', async () => {
    const services = { [STANDBY]: [reading('backend', 1, 'api-key')] };
    const { said, elapsed } = await rotated({ services, copy: [new Error('No answer.')], seconds: 22 });
    expect(said[0]).toContain(
      'after 20 s nobody could say whether the copy of the secret is there: No answer.',
    );
    expect(elapsed).toBe(20);
  });

  it('a service without a task is left alone, and no copy is waited for on its behalf', async () => {
    const services = { [STANDBY]: [reading('backend', 0, 'api-key')] };
    const { restarts, said, looks } = await rotated({ services });
    expect([restarts, looks]).toEqual([[], 0]);
    expect(said).toEqual(['backend in us-west-2 has no task and was left alone.']);
  });

  it('a region that is away and a service that cannot be started anew fail nothing, and are said', async () => {
    const services = {
      [HOME]: [reading('backend', 3, 'api-key'), reading('web', 2, 'api-key')],
      [STANDBY]: new Error('connect ETIMEDOUT'),
    };
    const { restarts, said } = await rotated({ services, refused: ['backend'] });
    expect(restarts).toEqual(['us-east-1 web after 0 s']);
    expect(said.sort()).toEqual([
      'Who reads the secret in us-west-2 could not be asked; nothing was started anew: connect ETIMEDOUT',
      'backend in us-east-1 could not be started anew and holds the old value: ECS is busy. Later: aws ecs ' +
        'update-service --region us-east-1 --cluster shop --service backend --force-new-deployment',
      'web in us-east-1 starts its tasks anew with the new value.',
    ]);
  });
});

describe('the readers of a secret', () => {
  it('name it in their tag without the name of the platform', () => {
    expect(nameInTag(SECRET)).toBe('api-key');
    expect(nameInTag('shop/api-key')).toBe('api-key');
    expect(secretsInTag(' api-key  database ')).toEqual(['api-key', 'database']);
    expect(secretsInTag(undefined)).toEqual([]);
  });

  it('are in every region, but those of the token of a cache only beside it', () => {
    expect(regionsOfReaders('random', STANDBY, [HOME, STANDBY])).toEqual([HOME, STANDBY]);
    expect(regionsOfReaders('cache', STANDBY, [HOME, STANDBY])).toEqual([STANDBY]);
  });
});
