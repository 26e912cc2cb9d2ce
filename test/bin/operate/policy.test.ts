import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS as CHECK_ACTIONS } from '../../../bin/checks/policy';
import { OPERATOR_ACTIONS, operatorPolicy, TABLE_ACTIONS } from '../../../bin/operate/policy';

const ROOT = resolve(__dirname, '../../..');
const ADAPTERS = join(ROOT, 'bin/operate/aws');
const adapters = readdirSync(ADAPTERS).map((file) => readFileSync(join(ADAPTERS, file), 'utf8'));

/** Each call of an adapter: the action it names, and the text up to the next one. */
const calls = adapters.flatMap((text) =>
  text
    .split(/\bcall\(\s*(?=')/)
    .slice(1)
    .map((rest) => ({ action: /^'([a-z0-9]+:\w+)'/.exec(rest)?.[1] ?? '', text: rest })),
);

describe('the policy of an operator', () => {
  it('names exactly what the adapters call', () => {
    expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual([...OPERATOR_ACTIONS]);
  });

  it('names each call by the command that it sends', () => {
    for (const { action, text } of calls) {
      const sent = new RegExp(`(new ${action.split(':')[1]}Command\\(|paginate${action.split(':')[1]}\\()`);
      expect([action, sent.test(text)]).toEqual([action, true]);
    }
    const commands = adapters.flatMap((text) => text.match(/new \w+Command\(|[ (]paginate\w+\(/g) ?? []);
    expect(commands).toHaveLength(calls.length);
  });

  it('changes nothing but the leadership record, and reads no secret', () => {
    for (const action of OPERATOR_ACTIONS) expect(action).toMatch(/:(Get|List|Describe|Filter)/);
    expect(TABLE_ACTIONS).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem']);
    expect(operatorPolicy()).not.toMatch(/GetSecretValue|InvokeFunction/);
    expect(operatorPolicy()).toContain('arn:aws:dynamodb:*:*:table/*-leadership');
  });

  it('holds all that check asks, because preflight asks it again', () => {
    for (const action of CHECK_ACTIONS) expect(operatorPolicy()).toContain(`"${action}"`);
  });

  it('is the one in docs/', () => {
    expect(readFileSync(join(ROOT, 'docs/iam-operator-policy.json'), 'utf8')).toBe(operatorPolicy());
  });
});
