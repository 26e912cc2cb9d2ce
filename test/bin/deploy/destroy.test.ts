import { describe, expect, it } from '@jest/globals';
import { deployedRegions } from '../../../bin/checks/places';
import { partsIn } from '../../../bin/checks/platform-stacks';
import type { Stack } from '../../../bin/checks/ports';
import { keptIn, planDestroy } from '../../../bin/deploy/destroy/plan';
import { type DestroyPorts, destroy } from '../../../bin/deploy/destroy/run';
import type { Manner } from '../../../bin/recover/telling';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { stackName } from '../../../lib/config/names';
import { FakeClock } from '../../support/fake-clock';
import { terminal } from '../operate/fakes';
import { HOME, moved, NOW, serving } from '../operate/records';
import { demo } from '../services/fakes';

const PROTECTED = ['Leadership', 'Foundation', 'Data', 'Cluster'];
const DATA = JSON.stringify({
  Resources: {
    Database: { Type: 'AWS::RDS::DBInstance', DeletionPolicy: 'Retain' },
    Archive: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { ObjectLockEnabled: true },
    },
    Group: { Type: 'AWS::EC2::SecurityGroup' },
  },
});

class World implements DestroyPorts {
  readonly removed: string[] = [];
  readonly stacksIn = new Map<string, Stack[]>(
    deployedRegions(demo).map((region) => [
      region,
      partsIn(demo, region).map((part) => ({
        name: stackName(demo, region, part),
        status: 'UPDATE_COMPLETE',
        isProtected: PROTECTED.includes(part),
      })),
    ]),
  );
  failing = '';

  constructor(readonly record: LeadershipRecord | undefined = serving()) {}
  readonly leadership = { read: async () => this.record };
  readonly stacks = { list: async (region: string) => this.stacksIn.get(region) ?? [] };
  readonly deployed = {
    template: async (_: string, stack: string) => (stack.endsWith('-Data') ? DATA : '{}'),
  };
  readonly removal = {
    remove: async (region: string, stack: string) => {
      this.removed.push(stack);
      if (stack === this.failing) return;
      this.stacksIn.set(
        region,
        (this.stacksIn.get(region) ?? []).filter(({ name }) => name !== stack),
      );
    },
    status: async (region: string, stack: string) => {
      const found = this.stacksIn.get(region)?.find(({ name }) => name === stack);
      return found && { status: 'DELETE_FAILED', reason: 'The rule is in use.' };
    },
  };
  readonly credentials: DestroyPorts['credentials'] = async () => undefined;
}

async function run(world: World, typed: string | undefined, manner: Partial<Manner> = {}) {
  const clock = new FakeClock(NOW);
  const { end, said } = terminal(typed === undefined ? {} : { ask: async () => typed });
  const all = { json: false, dryRun: false, clock, stop: new AbortController().signal, ...manner };
  const told: string[] = [];
  const ended = await clock.run(destroy(demo, world, end, all, (sentence) => void told.push(sentence)));
  return { ...ended, told, out: said.out };
}

describe('taking a platform down', () => {
  it('removes names first, then watchers, services and agents, and nothing that holds data', async () => {
    const world = new World();
    const { outcome } = await run(world, 'demo');
    expect(outcome).toBe('done');
    const parts = world.removed.map((name) => name.replace(/^Demo-[a-z]+-[a-z]+-\d-/, ''));
    expect([...new Set(parts)]).toEqual(['Edge', 'Monitoring', 'Service-web', 'Service-worker', 'Recovery']);
    expect(world.removed).toHaveLength(9);
  });

  it('says what stays, why, and how a person removes it', async () => {
    const { sentences } = await run(new World(), undefined, { dryRun: true });
    const text = sentences.join('\n');
    expect(text).toContain(
      '  Demo-us-east-1-Data\n    AWS::RDS::DBInstance: the database (Database)\n    AWS::S3::Bucket: Object Lock: nobody can delete its objects before their time (Archive)',
    );
    expect(text).toContain(
      'aws cloudformation update-termination-protection --region us-east-1 --stack-name Demo-us-east-1-Data --no-enable-termination-protection',
    );
    expect(text.indexOf('delete-stack --region us-east-1 --stack-name Demo-us-east-1-Data')).toBeLessThan(
      text.indexOf('delete-stack --region us-east-1 --stack-name Demo-us-east-1-Network'),
    );
  });

  it.each([
    ['something else is typed', 'yes', {}],
    ['nobody can type', undefined, {}],
    ['a program asks', 'demo', { json: true }],
  ])('changes nothing if %s', async (_, typed, manner) => {
    const world = new World();
    const { outcome } = await run(world, typed, manner);
    expect([outcome, world.removed]).toEqual(['refused', []]);
  });

  it('changes nothing in a dry run, and while the lead moves', async () => {
    const dry = new World();
    expect((await run(dry, 'demo', { dryRun: true })).outcome).toBe('would');
    const moving = new World(moved('PROMOTING'));
    expect((await run(moving, 'demo')).outcome).toBe('refused');
    expect([...dry.removed, ...moving.removed]).toEqual([]);
  });

  it('leaves a stack that is protected in the account, whatever its part is', () => {
    const stacks = new World().stacksIn;
    const edited = (stacks.get(HOME) ?? []).map((one) => ({ ...one, isProtected: true }));
    const { waves } = planDestroy(demo, new Map([...stacks, [HOME, edited]]));
    expect(waves.flat().every(({ region }) => region !== HOME)).toBe(true);
  });

  it('stops at a stack that does not go, and says what to do', async () => {
    const world = new World();
    world.failing = 'Demo-us-east-1-Monitoring';
    const { outcome, sentences } = await run(world, 'demo');
    expect([outcome, sentences[0]]).toEqual([
      'failed',
      'Demo-us-east-1-Monitoring could not be deleted: The rule is in use.',
    ]);
    expect(world.removed.some((name) => name.includes('Service'))).toBe(false);
  });

  it('says so if there is nothing', async () => {
    const world = new World(undefined);
    world.stacksIn.clear();
    expect((await run(world, 'demo')).sentences).toEqual(['Nothing is there that could go without data.']);
  });
});

describe('what a template keeps', () => {
  it('is what it says, and nothing else', () => {
    expect(keptIn(DATA).map(({ logicalId }) => logicalId)).toEqual(['Database', 'Archive']);
  });
});
