import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type GroupSettings, TargetGroup } from '../../../local/balancer/target-group';
import { until } from '../until';

const SETTINGS: GroupSettings = {
  arn: 'group',
  path: '/health',
  intervalMs: 15,
  timeoutMs: 2_000,
  healthyThreshold: 3,
  unhealthyThreshold: 2,
  codes: '200-299,301',
  drainMs: 60_000,
  stickyMs: undefined,
};

const servers: Server[] = [];
const groups: TargetGroup[] = [];

/** A target that answers what it is told. */
class Application {
  status = 200;
  asked = 0;
  silent = false;
  port = 0;

  async start(): Promise<this> {
    const answer: RequestListener = (request, response) => {
      if (request.url !== '/health') return void response.writeHead(500).end();
      this.asked += 1;
      if (!this.silent) response.writeHead(this.status).end('much ado');
    };
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
    return this;
  }

  /** Waits until it was asked so often again, and the last answer has been heard. */
  async more(times: number): Promise<void> {
    const before = this.asked;
    await until(() => this.asked > before + times);
  }
}

async function group(settings: Partial<GroupSettings> = {}, count = 1) {
  const made = new TargetGroup({ ...SETTINGS, ...settings });
  groups.push(made);
  const applications = await Promise.all(Array.from({ length: count }, () => new Application().start()));
  const add = (application: Application, id: string): void =>
    made.register({ id, port: application.port, healthPort: application.port });
  return { group: made, applications, application: applications[0] ?? new Application(), add };
}

afterEach(async () => {
  for (const one of groups.splice(0)) one.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

describe('the health of a target', () => {
  it('is good after the first good answer', async () => {
    const { group: tested, application, add } = await group({ intervalMs: 60_000 });
    add(application, 'a');
    expect(tested.health('a')).toBe('initial');
    await until(() => tested.health('a') === 'healthy');
    expect(application.asked).toBe(1);
  });

  it('turns bad only after as many bad answers in a row as were deployed, and good again likewise', async () => {
    const { group: tested, application, add } = await group({ unhealthyThreshold: 4, healthyThreshold: 4 });
    add(application, 'a');
    await until(() => tested.health('a') === 'healthy');
    application.status = 503;
    const turned = application.asked;
    await until(() => tested.health('a') === 'unhealthy');
    expect(application.asked - turned).toBeGreaterThanOrEqual(4);
    application.status = 301;
    const mended = application.asked;
    await until(() => tested.health('a') === 'healthy');
    expect(application.asked - mended).toBeGreaterThanOrEqual(4);
  });

  it('survives single bad answers', async () => {
    const { group: tested, application, add } = await group();
    add(application, 'a');
    await until(() => tested.health('a') === 'healthy');
    for (let count = 0; count < 3; count += 1) {
      application.status = 500;
      const before = application.asked;
      await until(() => application.asked === before + 1);
      application.status = 200;
      await application.more(1);
    }
    expect(tested.health('a')).toBe('healthy');
  });

  it('is bad without an answer in time, and then it is asked no second time at once', async () => {
    const { group: tested, application, add } = await group({ timeoutMs: 60 });
    application.silent = true;
    add(application, 'a');
    await until(() => tested.health('a') === 'unhealthy');
    expect(application.asked).toBeLessThanOrEqual(3);
  });

  it('takes only the codes that were deployed', async () => {
    const { group: tested, application, add } = await group({ codes: '204' });
    add(application, 'a');
    await until(() => tested.health('a') === 'unhealthy');
    application.status = 204;
    await until(() => tested.health('a') === 'healthy');
  });

  it('is unknown of a target that was removed while it was asked', async () => {
    const { group: tested, application, add } = await group({ timeoutMs: 100 });
    application.silent = true;
    add(application, 'a');
    await until(() => application.asked === 1);
    tested.remove('a');
    await wait(150);
    expect([tested.health('a'), application.asked]).toEqual([undefined, 1]);
  });
});

describe('whose turn it is', () => {
  const ready = async (settings: Partial<GroupSettings> = {}, count = 3) => {
    const made = await group(settings, count);
    for (const [number, one] of made.applications.entries()) made.add(one, `t${number}`);
    await until(() => made.applications.every((_, number) => made.group.health(`t${number}`) === 'healthy'));
    return made;
  };
  const chosen = (tested: TargetGroup, times: number, sticky?: string): string[] =>
    Array.from({ length: times }, () => tested.choose(sticky)?.id ?? 'nobody').sort();

  it('goes round among those that are healthy', async () => {
    const { group: tested, applications } = await ready();
    expect(chosen(tested, 6)).toEqual(['t0', 't0', 't1', 't1', 't2', 't2']);
    if (applications[1]) applications[1].status = 500;
    await until(() => tested.health('t1') === 'unhealthy');
    expect(chosen(tested, 4)).toEqual(['t0', 't0', 't2', 't2']);
  });

  it('is that of the target whom the cookie names, while it is healthy', async () => {
    const { group: tested } = await ready();
    expect(chosen(tested, 3, 't1')).toEqual(['t1', 't1', 't1']);
    void tested.deregister('t1');
    expect(chosen(tested, 2, 't1')).toEqual(['t0', 't2']);
  });

  it('is everybody’s where nobody is healthy', async () => {
    const { group: tested, applications } = await ready({}, 2);
    for (const one of applications) one.status = 500;
    await until(() => ['t0', 't1'].every((id) => tested.health(id) === 'unhealthy'));
    expect(chosen(tested, 2)).toEqual(['t0', 't1']);
  });

  it('is nobody’s without targets', async () => {
    expect((await group()).group.choose(undefined)).toBeUndefined();
  });
});

describe('a target that leaves', () => {
  const one = async (settings: Partial<GroupSettings> = {}) => {
    const made = await group({ intervalMs: 60_000, ...settings });
    made.add(made.application, 'a');
    await until(() => made.group.health('a') === 'healthy');
    const target = { id: 'a', port: made.application.port, healthPort: made.application.port };
    return { tested: made.group, target };
  };

  it('is gone at once if nothing is under way', async () => {
    const { tested } = await one();
    await tested.deregister('a');
    expect(tested.health('a')).toBeUndefined();
  });

  it('gets nothing new, and may finish what is under way', async () => {
    const { tested, target } = await one();
    const ends = [tested.begin(target), tested.begin(target)];
    const left = tested.deregister('a').then(() => 'left');
    expect([tested.health('a'), tested.choose(undefined)]).toEqual(['draining', undefined]);
    ends[0]?.();
    expect(await Promise.race([left, wait(30).then(() => 'drains')])).toBe('drains');
    ends[1]?.();
    expect(await left).toBe('left');
  });

  it('is gone when its time is over, whatever is under way', async () => {
    const { tested, target } = await one({ drainMs: 40 });
    tested.begin(target);
    await tested.deregister('a');
    expect(tested.health('a')).toBeUndefined();
  });

  it('is waited for no longer when it has died', async () => {
    const { tested, target } = await one();
    const end = tested.begin(target);
    const left = tested.deregister('a');
    tested.remove('a');
    await left;
    end();
    expect(tested.health('a')).toBeUndefined();
  });
});
