import { describe, expect, it } from '@jest/globals';
import { parsePlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import { edit, FILE, VALID } from './fixture';

const demo = (...changes: readonly (readonly [string, string])[]): Platform =>
  parsePlatform(edit(VALID, ...changes), FILE);
const web = (...changes: readonly (readonly [string, string])[]) => {
  const found = demo(...changes).services.find(({ name }) => name === 'web');
  if (!found) throw new Error('There is no web.');
  return found;
};
const database = (...changes: readonly (readonly [string, string])[]) => {
  const found = demo(...changes).database;
  if (found?.kind !== 'managed') throw new Error('There is no managed database.');
  return found;
};
const SIZE = 'size: medium';
const TASK = 'cpu: 0.5\n    memory: 1024';
const REPLICAS = '{ min: 2, desired: 3, max: 6, standby: 1 }';
const WITNESS = '  witness:\n    name: us-east-2';
const tier = (name: string) => [WITNESS, `    tier: ${name}\n${WITNESS}`] as const;

describe('the size of a task', () => {
  it.each([
    [
      'cpu: 0.5\n    memory: 512',
      512,
      1024,
      'AWS Fargate has no task of 0.5 vCPU with 512 MiB; it gets 1024 MiB.',
    ],
    [
      'cpu: 0.25\n    memory: 256',
      256,
      512,
      'AWS Fargate has no task of 0.25 vCPU with 256 MiB; it gets 512 MiB.',
    ],
    [
      'cpu: 2\n    memory: 2048',
      2048,
      4096,
      'AWS Fargate has no task of 2 vCPU with 2048 MiB; it gets 4096 MiB.',
    ],
    [
      'cpu: 0.25\n    memory: 4096',
      512,
      4096,
      'AWS Fargate has no task of 0.25 vCPU with 4096 MiB; it gets 0.5 vCPU.',
    ],
    [
      'cpu: 3\n    memory: 4096',
      4096,
      8192,
      'AWS Fargate has no task of 3 vCPU with 4096 MiB; it gets 4 vCPU with 8192 MiB.',
    ],
  ])('is rounded up with a sentence: %j', (text, cpuUnits, memoryMib, note) => {
    expect(web([TASK, text]).task).toEqual({ cpuUnits, memoryMib });
    expect(demo([TASK, text]).notes).toContain(`services.web: ${note}`);
  });

  it('is taken as asked where Fargate has it, without a word: the collector of metrics lives within it', () => {
    expect(web().task).toEqual({ cpuUnits: 512, memoryMib: 1024 });
    expect(demo().notes.filter((note) => note.startsWith('services.web: '))).toEqual([]);
  });

  it('is told where the collector takes much of it', () => {
    const small = 'cpu: 0.25\n    memory: 512';
    const note =
      'services.web: of the 512 MiB of the task the collector of metrics takes up to 160; the application has the rest.';
    expect(demo([TASK, small]).notes).toContain(note);
    expect(demo([TASK, 'cpu: 0.25\n    memory: 352']).notes).not.toContain(note);
    const off = [SIZE, `${SIZE}\nmonitoring: { collectors: false }`] as const;
    expect(demo([TASK, small], off).notes).not.toContain(note);
  });

  it.each([
    ['small', 512, 1024],
    ['medium', 1024, 2048],
    ['large', 2048, 4096],
  ])('follows the size %s of the platform where the file says nothing', (size, cpuUnits, memoryMib) => {
    expect(web(['size: medium', `size: ${size}`], [`    ${TASK}\n`, '']).task).toEqual({
      cpuUnits,
      memoryMib,
    });
  });
});

describe('the metrics of a service', () => {
  it.each([
    ['{}', 45],
    ['{ intervalSeconds: 10 }', 10],
  ])('that says %s are read every %d s, where the platform says 45', (metrics, seconds) => {
    const platform = [SIZE, `${SIZE}\nmonitoring: { scrapeSeconds: 45 }`] as const;
    const service = [TASK, `${TASK}\n    metrics: ${metrics}`] as const;
    expect(web(platform, service).metrics).toEqual({
      path: '/metrics',
      containerPort: 8080,
      intervalSeconds: seconds,
    });
  });
});

describe('the number of tasks', () => {
  it('is what the file says, and all but one stay in service', () => {
    expect(web().replicas.home).toEqual({ min: 2, desired: 3, max: 6, available: 1 });
  });

  it.each([
    ['{}', { min: 3, desired: 3, max: 6, available: 2 }],
    ['{ max: 10 }', { min: 3, desired: 3, max: 10, available: 2 }],
    ['{ min: 8 }', { min: 8, desired: 8, max: 8, available: 7 }],
    ['{ desired: 1 }', { min: 1, desired: 1, max: 6, available: 1 }],
    ['{ desired: 9 }', { min: 3, desired: 9, max: 9, available: 2 }],
    ['{ min: 1, max: 2 }', { min: 1, desired: 1, max: 2, available: 1 }],
    ['{ min: 4, max: 9, available: 4 }', { min: 4, desired: 4, max: 9, available: 4 }],
  ])('completes %s so that a default never contradicts the file', (text, expected) => {
    expect(web([REPLICAS, text], ['    scaling:\n      cpuPercent: 70\n', '']).replicas.home).toEqual(
      expected,
    );
  });

  it.each([
    ['pilot-light', REPLICAS, { min: 0, desired: 0, max: 6, available: 0 }],
    ['warm', REPLICAS, { min: 1, desired: 1, max: 6, available: 1 }],
    ['warm', '{ min: 4, max: 6, standby: 3 }', { min: 3, desired: 3, max: 6, available: 3 }],
    ['warm', '{ min: 4, max: 6, standby: 0 }', { min: 0, desired: 0, max: 6, available: 0 }],
    ['full', REPLICAS, { min: 2, desired: 3, max: 6, available: 1 }],
    ['full', '{ min: 4, max: 6, standby: 0 }', { min: 0, desired: 0, max: 6, available: 0 }],
    ['pilot-light', '{ min: 4, max: 6, standby: 0 }', { min: 0, desired: 0, max: 6, available: 0 }],
  ])('in a standby of tier %s follows from %s', (name, text, expected) => {
    expect(web(tier(name), [REPLICAS, text]).replicas.standby).toEqual(expected);
  });

  it.each(['pilot-light', 'warm', 'full'])(
    'are none in a standby of tier %s for what runs with the lead, also where it has routes',
    (name) => {
      const led = '{ min: 2, max: 6 }\n    runs: leader';
      expect(web(tier(name), [REPLICAS, led])).toMatchObject({
        runs: 'leader',
        replicas: { standby: { min: 0, desired: 0, max: 0, available: 0 } },
      });
    },
  );

  it('keep none in service during a deployment where the only task runs with the lead, unless the file says so', () => {
    const led = (available: string) =>
      web(
        ['    scaling:\n      cpuPercent: 70\n', ''],
        [REPLICAS, `{ min: 1, max: 1${available} }\n    runs: leader`],
      ).replicas.home.available;
    expect(led('')).toBe(0);
    expect(led(', available: 1')).toBe(1);
  });
});

describe('ports of routes and checks', () => {
  it('are http where none is named', () => {
    const { routes, health } = web();
    expect(routes[0]).toMatchObject({ paths: ['/*'], portName: 'http', containerPort: 8080 });
    expect(health?.containerPort).toBe(8080);
  });

  it('are the only port where there is one by another name', () => {
    const { routes, health } = web(['{ http: 8080, admin: 9000 }', '{ main: 3000 }']);
    expect(routes[0]).toMatchObject({ portName: 'main', containerPort: 3000 });
    expect(health?.containerPort).toBe(3000);
  });

  it('of a check follow the route, unless it names its own', () => {
    const { health, metrics } = web(
      ['- paths: [/*]', '- { paths: [/*], port: admin }'],
      ['    environment:\n', '    metrics: { port: http }\n    environment:\n'],
    );
    expect(health?.containerPort).toBe(9000);
    expect(metrics?.containerPort).toBe(8080);
  });
});

describe('the database', () => {
  it.each([
    [
      'cpu: 4\n  memory: 8',
      'db.m7g.xlarge',
      'database: RDS has no PostgreSQL class of 4 vCPU with 8 GiB; it gets db.m7g.xlarge (4 vCPU, 16 GiB).',
    ],
    [
      'cpu: 2\n  memory: 4',
      'db.m7g.large',
      'database: db.t4g.medium has 2 vCPU with 4 GiB, but only on CPU credits; it gets db.m7g.large (2 vCPU, 8 GiB).',
    ],
  ])('gets the next larger class with one sentence: %j', (text, instanceClass, note) => {
    const change = ['cpu: 2\n  memory: 8', text] as const;
    expect(database(change).instanceClass).toEqual({ home: instanceClass, standby: instanceClass });
    expect(demo(change).notes.filter((n) => n.startsWith('database:'))).toEqual([note]);
  });

  it('may run on CPU credits in a small platform', () => {
    const small = database(['size: medium', 'size: small'], ['cpu: 2\n  memory: 8', 'cpu: 2\n  memory: 4']);
    expect(small.instanceClass.home).toBe('db.t4g.medium');
  });

  it('is equal on both sides unless the file says otherwise: the standby takes from home what it does not say', () => {
    const both = database(['cpu: 2\n  memory: 8', 'cpu: 8\n  memory: 32\n  standby: { cpu: 2 }']);
    expect(both.instanceClass).toEqual({ home: 'db.m7g.2xlarge', standby: 'db.r7g.xlarge' });
    const less = database([
      'cpu: 2\n  memory: 8',
      'cpu: 8\n  memory: 32\n  standby: { cpu: 2, memory: 8, multiAz: true }',
    ]);
    expect(less.instanceClass).toEqual({ home: 'db.m7g.2xlarge', standby: 'db.m7g.large' });
    expect(less.multiAz).toEqual({ home: true, standby: true });
    expect(both.multiAz).toEqual({ home: true, standby: false });
    const named = database(['cpu: 2\n  memory: 8', 'class: db.r8g.large']);
    expect(named.instanceClass).toEqual({ home: 'db.r8g.large', standby: 'db.r8g.large' });
  });

  it('takes storage and connections from the size, and may grow fourfold', () => {
    const plain = database(['  storage: { gib: 100, maxGib: 200 }\n', ''], ['maxConnections: 200, ', '']);
    expect(plain.storage).toEqual({ gib: 100, maxGib: 400 });
    expect(plain.pool).toEqual({ maxConnections: 400, open: 10, idle: 2, lifetimeSeconds: 3600 });
    expect(plain.major).toBe(17);
  });
});

describe('what AWS does not have', () => {
  it('gives snapshots of the cache as often as its nodes can in turns, and is said', () => {
    const often = demo(['cache:\n  replicas: 2', 'cache:\n  snapshotEveryMinutes: 15']);
    expect(often.cache).toMatchObject({ snapshotEveryMinutes: 26, replicas: { home: 2, standby: 1 } });
    expect(often.notes).toContain(
      'cache: snapshots every 15 minutes cannot be had everywhere, ElastiCache allows 20 a day of each node; the nearest is every 26 minutes at home and every 38 in the standby.',
    );
    expect(demo().notes.filter((note) => note.startsWith('cache'))).toEqual([]);
  });
});

describe('what is left over', () => {
  it('is said: secrets and buckets that nothing uses', () => {
    const { notes } = demo(
      ['    buckets: [uploads]\n', ''],
      ['SESSION_KEY: session-key.value', 'OTHER: pager-key'],
    );
    expect(notes).toContain('secrets.session-key: nothing in the file uses it.');
    expect(notes).toContain('buckets.uploads: no service uses it.');
    expect(demo().notes.filter((note) => /uses? it/.test(note))).toEqual([]);
  });
});

describe('the leadership', () => {
  it('is kept in the three regions of the platform and watched for T + 2E + 5 s', () => {
    expect(demo().leadership).toMatchObject({
      regions: ['us-east-1', 'us-west-2', 'us-east-2'],
      watchSeconds: 75,
    });
    const other = demo([
      'leaseSeconds: 60',
      'leaseSeconds: 25\n  regions: [us-west-2, us-east-2, us-east-1]',
    ]);
    expect(other.leadership).toMatchObject({
      regions: ['us-west-2', 'us-east-2', 'us-east-1'],
      watchSeconds: 40,
    });
  });
});

describe('the network', () => {
  it('has a NAT gateway in each zone except in small platforms, unless the file says otherwise', () => {
    expect(demo().network.natPerZone).toBe(true);
    expect(demo(['size: medium', 'size: small']).network.natPerZone).toBe(false);
    expect(demo(['size: medium', 'size: small\nnetwork: { natPerZone: true }']).network.natPerZone).toBe(
      true,
    );
  });
});
