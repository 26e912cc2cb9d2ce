import { describe, expect, it } from '@jest/globals';
import { images } from '../../../bin/checks/images';
import type { Ports, Stack } from '../../../bin/checks/ports';
import { secrets } from '../../../bin/checks/secrets';
import { upstreamImages } from '../../../bin/checks/upstream-images';
import type { Platform } from '../../../lib/config/platform';
import { ask, brief } from '../support/ask';
import { platform, ports, readyPorts } from '../support/ports';

const finding = (found: Awaited<ReturnType<Ports['images']['find']>>, ...stacks: readonly Stack[]): Ports =>
  ports({ images: { find: async () => found }, stacks: { list: async () => stacks } });
const stages = (found: readonly string[] | undefined): Ports =>
  ports({ secrets: { stages: async () => found } });

describe('the images', () => {
  it('are there in both regions', async () => {
    expect(brief(await ask(images, platform(), readyPorts()))).toEqual([
      'us-east-1: ok: web:1.0 is there for web.',
      'us-west-2: ok: web:1.0 is there for web.',
    ]);
  });

  it('may follow the first deployment: the commands are said once, for home', async () => {
    const lines = await ask(images, platform(), finding('no repository'));
    expect(brief(lines)).toEqual([
      'us-east-1: ok: The repository demo/web comes with the first deployment; web starts at 0 tasks and by itself once web:1.0 is pushed.',
      'us-west-2: ok: The repository demo/web comes with the first deployment; web starts at 0 tasks and by itself once web:1.0 is copied from us-east-1.',
    ]);
    expect(lines.map(({ fix }) => fix?.split('\n'))).toEqual([
      [
        'aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com',
        'docker tag web:1.0 123456789012.dkr.ecr.us-east-1.amazonaws.com/demo/web:1.0',
        'docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/demo/web:1.0',
      ],
      undefined,
    ]);
  });

  it('that a deployed service is to get must be there before', async () => {
    const deployed: Stack = {
      name: 'Demo-us-east-1-Service-web',
      status: 'CREATE_COMPLETE',
      isProtected: false,
    };
    const [home, standby] = await ask(images, platform(), finding('no image', deployed));
    expect(home).toMatchObject({
      state: 'todo',
      sentence: 'web:1.0 is not in demo/web; web would refuse to be deployed with it.',
    });
    expect(standby?.state).toBe('ok');
  });

  it('that several services share are asked for once', async () => {
    const shared = platform(['image: public.ecr.aws/demo/worker:2', 'image: web:1.0']);
    expect(brief(await ask(images, shared, readyPorts()))[0]).toBe(
      'us-east-1: ok: web:1.0 is there for web and worker.',
    );
  });

  it('that are named by a digest are asked for by it', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const asked: unknown[] = [];
    const pinned = ports({
      images: {
        find: async (...args) => {
          asked.push(args);
          return 'no repository';
        },
      },
    });
    const [line] = await ask(images, platform(['image: web:1.0', `image: web@${digest}`]), pinned);
    expect(asked[0]).toEqual(['us-east-1', 'demo/web', { digest }]);
    expect(line?.fix).toContain(
      `docker tag web@${digest} 123456789012.dkr.ecr.us-east-1.amazonaws.com/demo/web:pinned`,
    );
  });
});

describe('the images of others', () => {
  /** Of services alone: the collectors of metrics and what writes files have images of others too. */
  const alone = (of: Platform): Platform => ({
    ...of,
    files: {},
    monitoring: { ...of.monitoring, collectors: false },
  });
  const hub = alone(platform(['image: public.ecr.aws/demo/worker:2', 'image: docker.io/demo/worker:2']));

  it('need no login at public registries', async () => {
    expect(brief(await ask(upstreamImages, alone(platform()), readyPorts()))).toEqual([
      'global: ok: public.ecr.aws needs no login.',
    ]);
    expect(brief(await ask(upstreamImages, platform(), readyPorts()))).toContain(
      'global: ok: quay.io needs no login.',
    );
  });

  it('need a login at others that no deployment knows', async () => {
    const before = await ask(upstreamImages, hub, stages(undefined));
    expect(before.map(({ place, state }) => [place, state])).toEqual([
      ['us-east-1', 'ok'],
      ['us-west-2', 'ok'],
    ]);
    expect(before[1]?.fix).toMatch(
      /--region us-west-2 --secret-id ecr-pullthroughcache\/demo-docker-io --secret-string file:\/\/FILE$/,
    );
    expect((await ask(upstreamImages, hub, stages(['AWSCURRENT'])))[0]).toMatchObject({
      state: 'todo',
      sentence: 'The login for docker.io was never set: its images cannot be fetched.',
    });
    expect((await ask(upstreamImages, hub, stages(['AWSCURRENT', 'AWSPREVIOUS'])))[0]?.state).toBe('ok');
  });

  it('must be of a registry that ECR can cache', async () => {
    const base = alone(platform());
    const odd = {
      ...base,
      services: base.services.map((service) => ({
        ...service,
        image: {
          kind: 'upstream',
          registry: 'registry.example.com',
          repository: 'a',
          reference: { tag: '1' },
        } as const,
      })),
    };
    expect((await ask(upstreamImages, odd, readyPorts()))[0]).toMatchObject({
      state: 'todo',
      sentence: 'ECR cannot cache images of registry.example.com.',
    });
  });
});

describe('the secrets', () => {
  it("that AWS generates are nobody's business", async () => {
    const lines = await ask(secrets, platform(), readyPorts());
    expect(brief(lines)).toEqual([
      'us-east-1: ok: demo/pager-key has a value.',
      'us-east-1: ok: demo/files/settings has a value.',
    ]);
  });

  it('are set after the first deployment, with a command that holds no value', async () => {
    const [line] = await ask(secrets, platform(), stages(undefined));
    expect(line).toMatchObject({
      state: 'ok',
      sentence: 'demo/pager-key is made empty by the first deployment; set it after that.',
    });
    expect(line?.fix).toBe(
      'It wants its plain value (Routing key); it is asked for, and not shown:\nnpx holdfast secrets set pager-key',
    );
  });

  it('are configuration files too, which come from a file', async () => {
    const [, line] = await ask(secrets, platform(), stages([]));
    expect(line?.fix).toBe(
      'It is a configuration file (Settings):\nnpx holdfast files set settings --from-file FILE',
    );
  });

  it('that stayed empty are to be set', async () => {
    expect((await ask(secrets, platform(), stages([])))[0]).toMatchObject({
      state: 'todo',
      sentence: 'demo/pager-key has no value: tasks that read it do not start.',
    });
  });

  it('of which services read fields are JSON', async () => {
    const fields = platform(['SESSION_KEY: session-key.value', 'SESSION_KEY: pager-key.token']);
    const [line] = await ask(secrets, fields, stages(undefined));
    expect(line?.fix).toMatch(/^It wants a JSON object with token /);
  });
});
