import { describe, expect, it } from '@jest/globals';
import type { Manner } from '../../../bin/recover/telling';
import { asInFile } from '../../../bin/services/image';
import type { Revision } from '../../../bin/services/ports';
import { choose, counterpart, wishIn } from '../../../bin/services/rollback/choose';
import { type RollbackRequest, rollBack } from '../../../bin/services/rollback/run';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { FakeClock } from '../../support/fake-clock';
import { HOME, moved, NOW, operation, STANDBY, serving } from '../operate/records';
import { arn, demo, FakeServices, revision, rollout, state, web, worker } from './fakes';

const BOTH: RollbackRequest = {
  service: web,
  to: 'previous',
  roles: ['home', 'standby'],
  file: 'demo.yaml',
  line: 23,
};

async function run(
  world: FakeServices,
  request: Partial<RollbackRequest> = {},
  { stop = new AbortController().signal, ...manner }: Partial<Manner> = {},
) {
  const clock = new FakeClock(NOW);
  const told: string[] = [];
  const all: Manner = { json: false, dryRun: false, clock, stop, ...manner };
  const tell = (sentence: string): void => void told.push(sentence);
  const ended = await clock.run(
    rollBack(demo, { ...BOTH, ...request }, world, all, tell, async () => 'Health of demo: healthy.'),
  );
  return { ...ended, told };
}

describe('a rollback', () => {
  it('goes back in the standby first, then where the lead is, and says how the service is', async () => {
    const world = new FakeServices(serving());
    const { outcome, sentences } = await run(world);
    expect(outcome).toBe('done');
    expect(world.done).toEqual([`deploy web ${arn(STANDBY, 7)}`, `deploy web ${arn(HOME, 4)}`]);
    expect(sentences.slice(0, 2)).toEqual(['web runs web:1.1.', 'Health of demo: healthy.']);
  });

  it('begins with home after the lead has moved', async () => {
    const world = new FakeServices(moved('PROTECTED'));
    await run(world, { to: '1.1' });
    expect(world.done).toEqual([`deploy web ${arn(HOME, 4)}`, `deploy web ${arn(STANDBY, 7)}`]);
  });

  it('takes a number as one of the region that leads, and finds its image in the other', async () => {
    const world = new FakeServices(serving());
    await run(world, { to: '3' });
    expect(world.done).toEqual([`deploy web ${arn(STANDBY, 2)}`, `deploy web ${arn(HOME, 3)}`]);
  });

  it('says that the next deployment goes by the file, and prints the line to change', async () => {
    const { sentences } = await run(new FakeServices(serving()));
    expect(sentences.slice(2)).toEqual([
      'The next deployment that changes web goes forward to web:1.0 again, as the file says, unless you change demo.yaml:23 (services.web.image):',
      '    image: web:1.1',
      'What a migration has changed in the database stays as it is.',
    ]);
  });

  it('stops a deployment that is under way, where ECS has the version before beside it', async () => {
    const world = new FakeServices(serving());
    world.states[HOME] = state(arn(HOME, 5), {
      rollouts: [
        rollout(arn(HOME, 5), { state: 'IN_PROGRESS', running: 1 }),
        rollout(arn(HOME, 4), { isPrimary: false }),
      ],
    });
    const { outcome } = await run(world, { roles: ['home'] });
    expect([outcome, world.done]).toEqual(['done', [`stop arn:deployment-in-${HOME}`]]);
  });

  it('leaves the region that leads alone if it fails in the other one', async () => {
    const world = new FakeServices(serving());
    world.onDeploy = (region, taskDefinition) => {
      world.states[region] = state(taskDefinition, {
        rollouts: [
          rollout(taskDefinition, { state: 'FAILED', running: 0, reason: 'tasks failed to start.' }),
        ],
      });
    };
    const { outcome, sentences } = await run(world);
    expect([outcome, world.done]).toEqual(['failed', [`deploy web ${arn(STANDBY, 7)}`]]);
    expect(sentences[0]).toBe(
      'us-west-2: the deployment failed. tasks failed to start. The other region was not touched after that. Look: npx holdfast logs web --since 30m, npx holdfast health',
    );
  });

  it('tells that ECS went on to something else', async () => {
    const world = new FakeServices(serving());
    world.onDeploy = () => {};
    const { outcome, sentences } = await run(world, { roles: ['home'] });
    expect(outcome).toBe('failed');
    expect(sentences[0]).toContain('us-east-1: ECS went on to revision 5.');
  });

  it('waits through answers that do not come, and tells them once', async () => {
    const world = new FakeServices(serving());
    world.onDeploy = (region, taskDefinition) => {
      world.states[region] = new Error('ECS is away');
      const come = world.services.describe;
      let asked = 0;
      Object.assign(world.services, {
        describe: async (where: string, service: string) => {
          asked += 1;
          if (asked === 3) world.states[where] = state(taskDefinition);
          return come(where, service);
        },
      });
    };
    const { outcome, told } = await run(world, { roles: ['home'] });
    expect(outcome).toBe('done');
    expect(told.filter((one) => one.includes('ECS is away'))).toHaveLength(1);
  });

  it.each<[string, LeadershipRecord, string]>([
    ['frozen', serving({ frozen: true }), 'The platform is frozen. Allowed now: npx holdfast thaw'],
    ['moving', moved('PROMOTING'), 'us-west-2 is taking over (PROMOTING)'],
    [
      'about to move',
      serving({ operation: operation('switchover', STANDBY) }),
      'Another operation is under way',
    ],
  ])('is refused while the lead is %s', async (_, record, sentence) => {
    const world = new FakeServices(record);
    const { outcome, sentences } = await run(world);
    expect([outcome, world.done]).toEqual(['refused', []]);
    expect(sentences[0]).toContain(sentence);
  });

  it('is allowed while the other side is rebuilt, which takes hours', async () => {
    const world = new FakeServices(moved('REBUILDING', { operation: operation('failback', HOME) }));
    expect((await run(world, { roles: ['standby'] })).outcome).toBe('done');
  });

  it('needs one region by name when nobody can say who leads', async () => {
    const world = new FakeServices(new Error('no table'));
    const both = await run(world);
    expect([both.outcome, world.done]).toEqual(['refused', []]);
    expect(both.sentences[0]).toContain('Name one region to go on all the same');
    expect((await run(world, { roles: ['home'] })).outcome).toBe('done');
  });

  it('changes nothing in a dry run, and says what it would do', async () => {
    const world = new FakeServices(serving());
    const { outcome, sentences } = await run(world, {}, { dryRun: true });
    expect([outcome, world.done]).toEqual(['would', []]);
    expect(sentences[0]).toBe('In us-west-2 web would go from revision 8 back to 7 (web:1.1).');
  });

  it('does nothing where it runs already', async () => {
    const world = new FakeServices(serving());
    const { outcome, sentences } = await run(world, { to: '1.2' });
    expect([outcome, sentences[0], world.done]).toEqual(['done', 'It runs this revision already.', []]);
  });

  it('lists what there is: revision, image, when and by whom', async () => {
    const { sentences } = await run(new FakeServices(serving()), { to: undefined, roles: ['home'] });
    expect(sentences.slice(1, 5)).toEqual([
      'These revisions of web can be started; * runs.',
      'us-east-1 (home)',
      '*    5  web:1.2  2026-01-01T05:00:00Z  cdk-deploy/anna',
      '     4  web:1.1  2026-01-01T04:00:00Z  cdk-deploy/anna',
    ]);
  });

  it('begins a list by that nothing was changed, and what to say for a change', async () => {
    const { outcome, sentences } = await run(new FakeServices(serving()), { to: undefined });
    expect(outcome).toBe('would');
    expect(sentences[0]).toMatch(
      /^Without --to it only lists\. Go back: npx holdfast rollback web --to previous/,
    );
  });

  it('leaves a wait that was ended to a second call', async () => {
    const stop = new AbortController();
    const world = new FakeServices(serving());
    world.onDeploy = () => stop.abort();
    await expect(run(world, {}, { stop: stop.signal })).rejects.toThrow('');
    expect(world.done).toHaveLength(1);
  });
});

describe('the choice of a revision', () => {
  const known = [revision(HOME, 9, '2.0'), revision(HOME, 6, '1.1'), revision(HOME, 4, '1.1')];
  const chosen = (to: string, present = 9): unknown =>
    choose(wishIn(to), known, arn(HOME, present), 'web in X');

  it.each([
    ['previous', 6],
    ['4', 4],
    ['1.1', 6],
    ['web:1.1', 6],
    ['demo/web:1.1', 6],
  ])('takes %s for revision %i', (to, number) => {
    expect(chosen(to)).toMatchObject({ revision: { number } });
  });

  it.each([
    ['5', 'There is no revision 5 that can be started in web in X; there are 9 (demo/web:2.0),'],
    ['1', 'There is no revision 1'],
    ['.1', 'There is no revision with the image .1'],
  ])('does not guess what %s means', (to, sentence) => {
    expect(chosen(to)).toMatchObject({ sentence: expect.stringContaining(sentence) });
  });

  it('has nothing before the oldest', () => {
    expect(chosen('previous', 4)).toMatchObject({ sentence: expect.stringContaining('no revision before') });
  });

  it('takes of several with the same image the one that was made at the same time', () => {
    const model: Revision = { ...revision(STANDBY, 40, '1.1'), registeredMs: Date.UTC(2026, 0, 1, 4, 10) };
    expect(counterpart(model, known, 'X')).toMatchObject({ revision: { number: 4 } });
    expect(counterpart(revision(STANDBY, 40, '3.0'), known, 'X')).toMatchObject({
      sentence: expect.stringContaining('X has no revision with demo/web:3.0'),
    });
  });
});

describe('an image', () => {
  it('is told as a platform file writes it', () => {
    expect(asInFile(demo, web, 'demo/web:1.1')).toBe('web:1.1');
    expect(asInFile(demo, worker, 'demo-public-ecr-aws/demo/worker:2')).toBe('public.ecr.aws/demo/worker:2');
    expect(asInFile(demo, web, 'elsewhere/web:1')).toBe('elsewhere/web:1');
  });
});
