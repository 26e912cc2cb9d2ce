import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../../bin/checks';
import type { Check } from '../../../bin/checks/check';
import { CallFailed } from '../../../bin/checks/failures';
import { ok } from '../../../bin/checks/line';
import type { Ports } from '../../../bin/checks/ports';
import { isReady } from '../../../bin/checks/report';
import { runChecks } from '../../../bin/checks/run';
import { brief } from '../support/ask';
import { platform, ports, readyPorts } from '../support/ports';

const named = (name: string): Error => Object.assign(new Error('from AWS'), { name });
const refusing = (name: string): Partial<Ports> => ({
  identity: {
    caller: async () => {
      throw new CallFailed('sts:GetCallerIdentity', 'us-east-1', named(name));
    },
  },
});

/** Ports of which every method but the caller's fails. */
function failing(error: () => Error): Ports {
  const ready = readyPorts();
  const broken = Object.fromEntries(
    Object.entries(ready).map(([port, methods]) => [
      port,
      Object.fromEntries(
        Object.keys(methods).map((method) => [
          method,
          async () => {
            throw new CallFailed(`${port}:${method}`, 'us-east-1', error());
          },
        ]),
      ),
    ]),
  ) as unknown as Ports;
  return { ...broken, identity: ready.identity };
}

describe('the checks together', () => {
  it('find an account ready in which nothing is missing', async () => {
    const lines = await runChecks(CHECKS, platform(), readyPorts());
    expect(brief(lines.filter(({ state }) => state !== 'ok'))).toEqual([]);
    expect(isReady(lines)).toBe(true);
    expect(new Set(lines.map(({ check }) => check))).toEqual(
      new Set(['credentials', ...CHECKS.map(({ name }) => name)]),
    );
  });

  it.each([
    ['CredentialsProviderError', 'There are no AWS credentials.'],
    ['ExpiredToken', 'The AWS credentials have expired.'],
    ['InvalidClientTokenId', 'AWS does not know these credentials.'],
  ])('say one sentence when STS answers %s, and ask AWS nothing else', async (name, sentence) => {
    const lines = await runChecks(CHECKS, platform(), ports(refusing(name)));
    expect(brief(lines)[0]).toBe(`global: todo: ${sentence}`);
    const asked = CHECKS.filter(({ asksAws }) => asksAws);
    const notAsked = lines.filter((line) => line.sentence.startsWith('Not asked: it needs credentials'));
    expect(notAsked.map(({ check }) => check)).toEqual(asked.map(({ name: check }) => check));
    expect(notAsked.every(({ state }) => state === 'unknown')).toBe(true);
  });

  it('ask nothing else of AWS with the credentials of another account', async () => {
    let questions = 0;
    const other = ports({
      identity: {
        caller: async () => ({ account: '999999999999', arn: 'arn:aws:iam::999999999999:user/eve' }),
      },
      stacks: {
        list: async () => {
          questions += 1;
          return [];
        },
      },
    });
    const lines = await runChecks(CHECKS, platform(), other);
    expect(lines[0]).toMatchObject({ check: 'credentials', state: 'todo' });
    expect(lines[0]?.sentence).toBe(
      'The credentials belong to the account 999999999999 (arn:aws:iam::999999999999:user/eve), the platform to 123456789012.',
    );
    expect(questions).toBe(0);
  });

  it('do not know whose credentials these are when there is no network', async () => {
    const [first, second] = await runChecks(CHECKS, platform(), ports(refusing('ECONNREFUSED')));
    expect(first).toMatchObject({ check: 'credentials', state: 'unknown' });
    expect(first?.sentence).toMatch(/could not be reached/);
    expect(second?.sentence).toBe('Not asked: nobody could say whose credentials these are.');
  });

  it.each(['AccessDenied', 'ThrottlingException', 'TimeoutError', 'ECONNRESET', 'SomethingNew'])(
    'turn a failure of every call by %s into lines, and never throw',
    async (name) => {
      const lines = await runChecks(
        CHECKS,
        platform(),
        failing(() => named(name)),
      );
      const asked = CHECKS.filter(({ asksAws }) => asksAws).map(({ name: check }) => check);
      for (const check of asked) {
        const own = lines.filter((line) => line.check === check);
        expect([check, own.length > 0, own.filter(({ state }) => state === 'todo')]).toEqual([
          check,
          true,
          [],
        ]);
      }
      expect(lines.some(({ sentence }) => sentence.includes(' at '))).toBe(false);
    },
  );

  it('name the missing permission', async () => {
    const lines = await runChecks(
      CHECKS,
      platform(),
      failing(() => named('AccessDeniedException')),
    );
    expect(lines.find(({ check }) => check === 'stacks')?.sentence).toBe(
      'The permission stacks:list is missing; `npx holdfast check --policy` prints all that are needed.',
    );
  });

  it('say of a region that is not enabled only that', async () => {
    const closed = ports({
      regions: {
        ...readyPorts().regions,
        optInStatus: async () =>
          new Map([
            ['us-east-1', 'opt-in-not-required'],
            ['us-east-2', 'opt-in-not-required'],
            ['us-west-2', 'not-opted-in'],
          ]),
      },
    });
    const lines = await runChecks(CHECKS, platform(), closed);
    expect(brief(lines.filter(({ place }) => place === 'us-west-2'))).toEqual([
      'us-west-2: todo: The region is not enabled in the account; nothing else was asked there.',
    ]);
  });

  it('ask several things at once, but not all', async () => {
    let now = 0;
    let most = 0;
    const many: Check = {
      name: 'many',
      asksAws: true,
      tasks: () =>
        Array.from({ length: 50 }, (_, i) => ({
          place: 'global',
          run: async () => {
            now += 1;
            most = Math.max(most, now);
            await wait(1);
            now -= 1;
            return [ok(String(i))];
          },
        })),
    };
    const seen: number[] = [];
    const lines = await runChecks([many], platform(), readyPorts(), (done) => seen.push(done));
    expect(most).toBe(10);
    expect(lines.slice(1).map(({ sentence }) => sentence)).toEqual(
      Array.from({ length: 50 }, (_, i) => String(i)),
    );
    expect(seen).toEqual(Array.from({ length: 51 }, (_, i) => i + 1));
  });
});
