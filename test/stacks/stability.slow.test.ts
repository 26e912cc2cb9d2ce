import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CREATE_ONLY, type Stateful, statefulResources } from '../support/invariants/stateful';
import { overLimits } from '../support/invariants/upkeep';
import { manyServices } from '../support/many-services';
import { ROOT, type Synthesized, synthesize, synthesized, type Template, variant } from '../support/synth';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

/** The cloud assembly that a process of its own writes. */
function assemblyOf(platform: string, environment: Record<string, string>): ReadonlyMap<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-bytes-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        CDK_VALIDATION: 'false',
        HOLDFAST_PLATFORM: platform,
        ...environment,
      },
    });
    if (status !== 0) throw new Error(stderr);
    return new Map(filesBelow(outdir).map((file) => [file, readFileSync(join(outdir, file), 'utf8')]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const changedStacks = (a: Synthesized, b: Synthesized): string[] =>
  [...new Set([...a.templates.keys(), ...b.templates.keys()])]
    .filter((name) => JSON.stringify(a.templates.get(name)) !== JSON.stringify(b.templates.get(name)))
    .sort();

/** What happened to the resources of a stack, as sentences. */
function changes(before: Template | undefined, after: Template | undefined): string[] {
  const [old, now] = [before?.Resources ?? {}, after?.Resources ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((id) => {
    const [was, is] = [old[id], now[id]];
    if (!was) return [`adds ${id}`];
    if (!is) return [`removes ${id}`];
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [`changes ${id}`];
  });
}

describe('the same platform', () => {
  it('gives the same bytes in two processes, in whatever language and time zone', () => {
    const first = assemblyOf('ops-center', { TZ: 'UTC', LC_ALL: 'C' });
    const second = assemblyOf('ops-center', { TZ: 'Pacific/Auckland', LC_ALL: 'de_DE.UTF-8' });
    expect([...first.keys()].filter((file) => file.endsWith('.template.json')).length).toBeGreaterThan(15);
    expect([...second.keys()]).toEqual([...first.keys()]);
    for (const [file, text] of first)
      expect({ file, same: second.get(file) === text }).toEqual({ file, same: true });
  });
});

describe('a change of one service', () => {
  it('changes the stacks of that service in both regions and nothing else, if it is its image', () => {
    const next = synthesize(variant('ops-center', { services: { frontend: { image: 'frontend:1.0.1' } } }));
    expect(changedStacks(synthesized('ops-center'), next)).toEqual([
      'OpsCenter-us-east-1-Service-frontend',
      'OpsCenter-us-west-2-Service-frontend',
    ]);
    const suffix = 'us-east-1-Service-frontend';
    const changed = changes(synthesized('ops-center').stack(suffix), next.stack(suffix));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every((one) => one.startsWith('changes '))).toBe(true);
  });

  it('changes its own stacks and that of its migration only, if it is a plain setting', () => {
    const next = synthesize(
      variant('ops-center', { services: { backend: { environment: { LOG_LEVEL: 'debug' } } } }),
    );
    expect(changedStacks(synthesized('ops-center'), next)).toEqual([
      'OpsCenter-us-east-1-Migration-backend',
      'OpsCenter-us-east-1-Service-backend',
      'OpsCenter-us-west-2-Migration-backend',
      'OpsCenter-us-west-2-Service-backend',
    ]);
  });
});

/** The rules expect its tasks, and the collector asks for its metrics; nothing of what serves is touched. */
const WATCHED = Object.fromEntries(
  ['us-east-1', 'us-west-2'].map((region) => [
    `OpsCenter-${region}-Monitoring`,
    [expect.stringMatching(/^changes CollectorDefinition/), 'changes Rulesopscenter'],
  ]),
);

describe('a service that is added', () => {
  const added = (service: object, name = 'search') =>
    synthesize(variant('ops-center', { services: { [name]: service } }));
  const own = (next: Synthesized): Record<string, string[]> => {
    const now = synthesized('ops-center');
    return Object.fromEntries(
      changedStacks(now, next)
        .filter((stack) => now.templates.has(stack))
        .map((stack) => [stack, changes(now.templates.get(stack), next.templates.get(stack))])
        .filter(([, found]) => found && found.length > 0),
    );
  };
  const newStacks = (next: Synthesized) =>
    [...next.templates.keys()].filter((stack) => !synthesized('ops-center').templates.has(stack)).sort();

  it('comes with stacks of its own; elsewhere its repository is added and the image gate may look into it', () => {
    const next = added({
      image: 'search:1.0.0',
      ports: { http: 9200 },
      routes: [{ paths: ['/search/*'] }],
      health: { path: '/health' },
      secrets: { DATABASE_USER: 'database.username' },
    });
    expect(newStacks(next)).toEqual([
      'OpsCenter-us-east-1-Service-search',
      'OpsCenter-us-west-2-Service-search',
    ]);
    const [gate] = next
      .resources('us-east-1-Cluster', 'AWS::IAM::Role')
      .map(([id]) => id)
      .filter((id) => id.startsWith('ImageGate'));
    const elsewhere = { Cluster: [`changes ${gate}`], Foundation: ['adds Repositorysearch'] };
    expect(own(next)).toEqual({
      'OpsCenter-us-east-1-Cluster': elsewhere.Cluster,
      'OpsCenter-us-east-1-Foundation': elsewhere.Foundation,
      'OpsCenter-us-west-2-Cluster': elsewhere.Cluster,
      'OpsCenter-us-west-2-Foundation': elsewhere.Foundation,
      ...WATCHED,
    });
  });

  it('changes nothing else but what is watched, not even an export, if it uses an image that is there', () => {
    const next = added({ image: 'backend:1.0.0', command: ['work'], replicas: { min: 1, max: 2 } }, 'worker');
    expect(changedStacks(synthesized('ops-center'), next).sort()).toEqual(
      [...newStacks(next), ...Object.keys(WATCHED)].sort(),
    );
    expect(own(next)).toEqual(WATCHED);
  });

  it('adds failover records to the edge and changes none, if it has a host of its own', () => {
    const next = added(
      {
        image: 'backend:1.0.0',
        ports: { http: 9200 },
        routes: [{ host: 'admin.ops.example.com', paths: ['/*'] }],
        health: { path: '/health' },
      },
      'admin',
    );
    const found = own(next)['OpsCenter-us-east-1-Edge'] ?? [];
    expect(Object.keys(own(next)).sort()).toEqual(
      ['OpsCenter-us-east-1-Edge', ...Object.keys(WATCHED)].sort(),
    );
    expect(found).toHaveLength(2);
    expect(found.every((one) => one.startsWith('adds FailoverRecord'))).toBe(true);
  });
});

describe('a change of size', () => {
  const createOnly = ({ stack, id, resource: { Type, Properties } }: Stateful) => [
    `${stack}/${id}`,
    Object.fromEntries((CREATE_ONLY[Type] ?? []).map((property) => [property, Properties[property]])),
  ];
  const kept = (synth: Synthesized) => Object.fromEntries(statefulResources(synth).map(createOnly));

  it.each([
    ['size small', { size: 'small' }],
    ['size large', { size: 'large' }],
    ['another instance and volume', { database: { cpu: 8, memory: 32, storage: { gib: 400, maxGib: 900 } } }],
    ['larger nodes of the cache', { cache: { nodeClass: 'cache.r7g.large', replicas: 1 } }],
    ['tier full', { regions: { standby: { tier: 'full' } } }],
    ['tier pilot-light', { regions: { standby: { tier: 'pilot-light' } } }],
    ['one NAT gateway', { network: { natPerZone: false } }],
  ])('replaces nothing that holds data: %s', (_, patch) => {
    expect(kept(synthesize(variant('ops-center', patch)))).toEqual(kept(synthesized('ops-center')));
  });
});

it('stays within the limits of CloudFormation with 50 services', () => {
  const many = synthesize(manyServices(50));
  expect([...many.templates.keys()].filter((name) => name.includes('-Service-'))).toHaveLength(100);
  expect(overLimits(many)).toEqual([]);
});
