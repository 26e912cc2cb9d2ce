import { describe, expect, it } from '@jest/globals';
import { type CustomResource, type Request, serve } from '../../../lambda/runtime/custom-resource';
import { AnswerUndelivered, FAILED_CREATION } from '../../../lambda/runtime/custom-resource-reply';
import { text } from '../../../lambda/runtime/properties';
import { FakeClock } from '../../support/fake-clock';

interface Named {
  readonly name: string;
}

const request = (kind: Request['RequestType'], more: Partial<Request> = {}): Request => ({
  RequestType: kind,
  ResponseURL: 'https://cloudformation.example/answer?signature=confidential',
  StackId: 'stack',
  RequestId: 'request-1',
  ResourceType: 'Custom::Thing',
  LogicalResourceId: 'Thing',
  ResourceProperties: { Name: 'a' },
  ...more,
});

const thing = (overrides: Partial<CustomResource<Named>> = {}): CustomResource<Named> => ({
  parse: (properties) => ({ name: text(properties, 'Name') }),
  physicalId: ({ name }) => `thing-${name}`,
  create: async () => ({ data: { Colour: 'green' }, sentence: 'It was made.' }),
  update: async () => ({ sentence: 'It was changed.' }),
  delete: async () => undefined,
  ...overrides,
});

interface Answer {
  readonly Status: string;
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly NoEcho?: boolean;
  readonly Data?: Record<string, string>;
}

/** Serves one request on a fake clock; `statuses` are CloudFormation's answers in turn, the last one for ever. */
function scene(statuses: readonly (number | Error)[] = [200], seconds = 60) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const bodies: string[] = [];
  const put = async (_url: string, body: string): Promise<number> => {
    const status = statuses[Math.min(bodies.length, statuses.length - 1)] ?? 200;
    bodies.push(body);
    if (status instanceof Error) throw status;
    return status;
  };
  const log = (event: string, fields = {}): void => void lines.push(JSON.stringify({ event, ...fields }));
  const begun = clock.now();
  const context = { getRemainingTimeInMillis: () => seconds * 1000 };
  return {
    lines,
    bodies,
    elapsed: () => clock.now() - begun,
    async serve(what: Request, resource: () => CustomResource<Named> = () => thing()): Promise<Answer> {
      await clock.run(serve(resource, what, context, { clock, log, put }));
      return JSON.parse(bodies.at(-1) ?? '') as Answer;
    },
  };
}

describe('a custom resource', () => {
  it('answers a creation with its identity, attributes and a sentence', async () => {
    const answer = await scene().serve(request('Create'));
    expect(answer).toEqual({
      Status: 'SUCCESS',
      Reason: 'It was made.',
      PhysicalResourceId: 'thing-a',
      StackId: 'stack',
      RequestId: 'request-1',
      LogicalResourceId: 'Thing',
      Data: { Colour: 'green' },
    });
  });

  it('keeps its identity on an update with the same properties, and changes it with another name', async () => {
    const old = { PhysicalResourceId: 'thing-a' };
    expect((await scene().serve(request('Update', old))).PhysicalResourceId).toBe('thing-a');
    const renamed = { ...old, ResourceProperties: { Name: 'b' } };
    expect((await scene().serve(request('Update', renamed))).PhysicalResourceId).toBe('thing-b');
  });

  it('answers what the work throws, with the causes in one line', async () => {
    const broken = thing({
      create: async () => {
        throw new Error('The door is shut.', { cause: new Error('no key') });
      },
    });
    const answer = await scene().serve(request('Create'), () => broken);
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toBe('The door is shut. (no key)');
    expect(answer.PhysicalResourceId).toBe(`${FAILED_CREATION}request-1`);
  });

  it('answers when it cannot even be built, or its properties have no sense', async () => {
    const unbuilt = await scene().serve(request('Create'), () => {
      throw new Error('The environment lacks TABLE.');
    });
    expect(unbuilt).toMatchObject({ Status: 'FAILED', Reason: 'The environment lacks TABLE.' });
    const nameless = await scene().serve(request('Create', { ResourceProperties: {} }));
    expect(nameless.Reason).toBe('The property Name must be a text, but is absent.');
  });

  it('answers ten seconds before the time ends if the work hangs', async () => {
    const hanging = scene([200], 60);
    const answer = await hanging.serve(request('Update', { PhysicalResourceId: 'thing-a' }), () =>
      thing({ update: () => new Promise(() => undefined) }),
    );
    expect(hanging.elapsed()).toBe(50_000);
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'thing-a' });
    expect(answer.Reason).toMatch(/^The time of the function ended before the Update of Thing was done/);
  });

  it('keeps a third of the time for the answer where there is little', async () => {
    const short = scene([200], 6);
    await short.serve(request('Update', { PhysicalResourceId: 'x' }), () =>
      thing({ update: () => new Promise(() => undefined) }),
    );
    expect(short.elapsed()).toBe(4_000);
  });

  it('can be deleted after a failed creation, without touching what a second try has made since', async () => {
    const unreachable = (): never => {
      throw new Error('It was built.');
    };
    const never = request('Delete', { PhysicalResourceId: `${FAILED_CREATION}request-0` });
    expect((await scene().serve(never, unreachable)).Status).toBe('SUCCESS');
    const made = request('Delete', { PhysicalResourceId: 'thing-a' });
    expect(await scene().serve(made, unreachable)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'thing-a',
    });
  });

  it('is deleted by its properties', async () => {
    const deleted: string[] = [];
    const what = thing({ delete: async ({ name }) => void deleted.push(name) });
    const answer = await scene().serve(request('Delete', { PhysicalResourceId: 'thing-a' }), () => what);
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'thing-a' });
    expect(deleted).toEqual(['a']);
  });

  it('repeats an answer that does not get through', async () => {
    const flaky = scene([new Error('socket hang up'), 503, 200]);
    expect((await flaky.serve(request('Create'))).Status).toBe('SUCCESS');
    expect(flaky.bodies).toHaveLength(3);
    expect(new Set(flaky.bodies).size).toBe(1);
  });

  it('fails the invocation if no answer gets through in five attempts, so that Lambda starts it again', async () => {
    const deaf = scene([403]);
    await expect(deaf.serve(request('Create'))).rejects.toThrow(AnswerUndelivered);
    expect(deaf.bodies).toHaveLength(5);
  });

  it('cuts a long reason so that the answer keeps within 4096 bytes of UTF-8', async () => {
    const wordy = thing({
      create: async () => {
        throw new Error('ä€😀"'.repeat(2_000));
      },
    });
    const long = scene();
    const answer = await long.serve(request('Create'), () => wordy);
    const bytes = Buffer.byteLength(long.bodies[0] ?? '');
    expect(bytes).toBeLessThanOrEqual(4096);
    expect(bytes).toBeGreaterThan(4080);
    expect(answer.Reason.endsWith('…')).toBe(true);
    expect(answer.Reason).not.toContain('\uFFFD');
  });

  it('fails with a sentence if its attributes alone are too long', async () => {
    const heavy = thing({ create: async () => ({ data: { All: 'x'.repeat(5_000) } }) });
    const answer = await scene().serve(request('Create'), () => heavy);
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('4096 bytes');
    expect(answer.Data).toBeUndefined();
  });

  it('hides attributes on demand', async () => {
    const hidden = thing({ create: async () => ({ data: { Key: 'k' }, noEcho: true }) });
    expect((await scene().serve(request('Create'), () => hidden)).NoEcho).toBe(true);
  });

  it('never logs the signed address of the answer', async () => {
    const seen = scene([new Error('refused'), 200]);
    await seen.serve(request('Create'));
    expect(seen.lines.length).toBeGreaterThan(2);
    expect(seen.lines.join()).not.toContain('confidential');
  });
});
