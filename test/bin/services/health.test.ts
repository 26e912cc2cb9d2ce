import { describe, expect, it } from '@jest/globals';
import { showHealth } from '../../../bin/services/health/run';
import { FakeClock } from '../../support/fake-clock';
import { terminal } from '../operate/fakes';
import { HOME, moved, NOW, primary, replicaTurn, STANDBY, serving, turn } from '../operate/records';
import { platform } from '../support/ports';
import { arn, demo, FakeServices, rollout, state, web, zone, zones } from './fakes';

const WELL = `demo: healthy: all 14 findings are good.

  everywhere        leadership  ok        us-east-1 leads and takes writes; us-west-2 can take over.
  demo.example.com  answer      ok        200 in 42 ms
  us-east-1         answer      ok        200 in 42 ms
  us-west-2         answer      ok        200 in 42 ms
  us-east-1         web         ok        3 of 3 tasks run; 3 of 3 targets healthy (a 1/1, b 1/1, c 1/1)
  us-east-1         database    ok        takes writes, its lease is open for 55 s more
  us-east-1         cache       ok        available
  us-east-1         queue jobs  ok        12 messages wait, the oldest for 3 s
  us-west-2         web         ok        1 of 1 tasks run; 1 of 1 targets healthy (a 1/1)
  us-west-2         database    ok        streams, 0.4 s behind (gate 60 s)
  us-west-2         cache       ok        available
  us-west-2         queue jobs  ok        rests: nobody has used it for hours
  us-east-1         alarms      ok        none
  us-west-2         alarms      ok        none
`;

async function look(change: (world: FakeServices) => void = () => {}, world = new FakeServices(serving())) {
  change(world);
  const { end, said } = terminal();
  const manner = {
    json: false,
    clock: new FakeClock(NOW),
    everySeconds: undefined,
    stop: AbortSignal.abort(),
  };
  return { health: await showHealth(demo, [web], world, end, manner), out: said.out };
}

describe('a queue in the region that does not lead', () => {
  it('may hold what nobody works on there, as long as nothing has failed', async () => {
    const { health, out } = await look((world) => {
      world.queueStates[STANDBY] = { waiting: 900, oldestSeconds: 90_000, dead: 0 };
    });
    expect(health).toBe('healthy');
    expect(out).toContain('900 messages wait, the oldest for 90000 s\n');
  });
});

describe('the health of a platform', () => {
  it('is one table with the verdict first', async () => {
    const { health, out } = await look();
    expect(health).toBe('healthy');
    expect(out.replace(/\n {2}us-east-2 .*\n/, '\n').replace('all 15', 'all 14')).toBe(WELL);
  });

  it.each<[string, (world: FakeServices) => void, string]>([
    [
      'a task is missing',
      (world) => {
        world.states[HOME] = state(arn(HOME, 5), { running: 2 });
      },
      'us-east-1 web: 2 of 3 tasks run',
    ],
    [
      'a zone has no healthy target',
      (world) => {
        world.targetsIn[HOME] = [zone('a', 'healthy'), zone('b', 'unhealthy'), zone('c', 'initial')];
      },
      '1 of 3 targets healthy (a 1/1, b 0/1, c 0/1)',
    ],
    [
      'the standby runs nothing',
      (world) => {
        world.states[STANDBY] = state(arn(STANDBY, 8), { running: 0, desired: 1 });
      },
      'us-west-2 web: 0 of 1 tasks run',
    ],
    [
      'the replica is late',
      (world) => {
        world.turns[STANDBY] = [replicaTurn({ lagSeconds: 93, limitation: 'It is 93 s behind.' })];
      },
      'us-east-1 leads',
    ],
    [
      'an alarm pages',
      (world) => {
        world.firing[HOME] = [
          { name: 'demo-web-failing', isComposite: true },
          { name: 'demo-web-errors', isComposite: false },
        ];
      },
      'us-east-1 alarms: demo-web-failing; causes: demo-web-errors',
    ],
    [
      'a deployment has failed',
      (world) => {
        world.states[HOME] = state(arn(HOME, 5), { rollouts: [rollout(arn(HOME, 5), { state: 'FAILED' })] });
      },
      'its last deployment failed',
    ],
    [
      'messages could not be worked off',
      (world) => {
        world.queueStates[STANDBY] = { waiting: 0, dead: 2 };
      },
      'us-west-2 queue jobs: 0 messages wait; 2 could not be worked off',
    ],
    [
      'more messages wait than the readers are meant for',
      (world) => {
        world.queueStates[HOME] = { waiting: 41, oldestSeconds: 20 };
      },
      'us-east-1 queue jobs: 41 messages wait, the oldest for 20 s; more than 40',
    ],
    [
      'a message waits for long',
      (world) => {
        world.queueStates[HOME] = { waiting: 1, oldestSeconds: 1_801 };
      },
      'the oldest for 1801 s; longer than 1800 s',
    ],
    [
      'nobody takes what waits in a broker',
      (world) => {
        world.queueStates[HOME] = { waiting: 3, consumers: 0 };
      },
      'us-east-1 queue jobs: 3 messages wait; nobody takes them',
    ],
    [
      'CloudWatch cannot be asked',
      (world) => {
        world.queueStates[HOME] = new Error('CloudWatch is away');
      },
      'us-east-1 queue jobs: CloudWatch is away.',
    ],
    [
      'ECS cannot be asked',
      (world) => {
        world.states[HOME] = new Error('ECS is away');
      },
      'us-east-1 web: ECS is away.',
    ],
    [
      'the record cannot be read',
      (world) => {
        world.record = new Error('no table');
      },
      'everywhere leadership: no table',
    ],
  ])('is degraded if %s', async (_, change, sentence) => {
    const { health, out } = await look(change);
    expect(health).toBe('degraded');
    expect(out.split('\n')[0]).toContain(sentence);
  });

  it.each<[string, (world: FakeServices) => void]>([
    [
      'no target of the region that leads is healthy',
      (world) => {
        world.targetsIn[HOME] = zones('unhealthy');
      },
    ],
    [
      'no task runs where the lead is',
      (world) => {
        world.states[HOME] = state(arn(HOME, 5), { running: 0 });
      },
    ],
    [
      'the public name gets server errors',
      (world) => {
        world.statuses['demo.example.com'] = 503;
      },
    ],
    [
      'the balancer that leads does not answer',
      (world) => {
        delete world.statuses['home.demo.example.com'];
      },
    ],
    [
      'the lease is closed',
      (world) => {
        world.turns[HOME] = [
          turn({
            database: primary({ lease: { epoch: 1, version: 41, limitMs: NOW, closed: true, timeline: 1 } }),
          }),
        ];
      },
    ],
    [
      'nobody leads',
      (world) => {
        world.record = moved('PROMOTING');
      },
    ],
  ])('is down if %s', async (_, change) => {
    const { health, out } = await look(change);
    expect([health, out.startsWith('demo: DOWN: ')]).toEqual(['down', true]);
  });

  it('stays well while alarms only scale, causes page nobody, and a task drains', async () => {
    const { health, out } = await look((world) => {
      world.firing[HOME] = [
        { name: 'demo-web-load-low', isComposite: false },
        { name: 'demo-database-cpu', isComposite: false },
      ];
      world.targetsIn[HOME] = [...zones('healthy'), zone('a', 'draining')];
    });
    expect(health).toBe('healthy');
    expect(out).toContain('none that pages; causes: demo-database-cpu');
  });

  it('lets a standby rest that is meant to have no task', async () => {
    const resting = platform(['standby: 1', 'standby: 0']);
    const world = new FakeServices(serving());
    world.states[STANDBY] = state(arn(STANDBY, 8), { desired: 0, running: 0 });
    world.targetsIn[STANDBY] = [];
    world.statuses['standby.demo.example.com'] = 503;
    const { end, said } = terminal();
    const manner = {
      json: true,
      clock: new FakeClock(NOW),
      everySeconds: undefined,
      stop: AbortSignal.abort(),
    };
    const services = resting.services.filter(({ name }) => name === 'web');
    expect(await showHealth(resting, services, world, end, manner)).toBe('healthy');
    expect(JSON.parse(said.out)).toMatchObject({
      platform: 'demo',
      health: 'healthy',
      findings: expect.any(Array),
    });
  });
});

describe('a watch', () => {
  async function watch(columns: number | undefined) {
    const clock = new FakeClock(NOW);
    const stop = new AbortController();
    const world = new FakeServices(serving());
    let looks = 0;
    const { end, said } = terminal({ columns });
    const out = end.out;
    const counting = {
      ...end,
      out: (text: string) => {
        out(text);
        looks += 1;
        world.states[HOME] = state(arn(HOME, 5), { running: 0 });
        if (looks === 2) stop.abort();
      },
    };
    const manner = { json: false, clock, everySeconds: 5, stop: stop.signal };
    const health = await clock.run(showHealth(demo, [web], world, counting, manner));
    return { health, out: said.out };
  }

  it('redraws where a person looks, and ends with how it was last', async () => {
    const { health, out } = await watch(100);
    expect(health).toBe('down');
    expect(out.split('\x1b[H\x1b[2J')).toHaveLength(3);
  });

  it('prints a plain line for each look otherwise', async () => {
    const { out } = await watch(undefined);
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^2026-01-01T00:00:00\.000Z {2}demo: healthy/),
      expect.stringMatching(/^2026-01-01T00:00:05\.000Z {2}demo: DOWN: us-east-1 web: 0 of 3 tasks run/),
    ]);
  });
});
