import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { documentOf } from '../../../bin/operate/documents';
import { CHANGE_ACTIONS, READ_ACTIONS, servicesPolicy } from '../../../bin/services/policy';

const ROOT = resolve(__dirname, '../../..');
const ADAPTERS = join(ROOT, 'bin/services/aws');
const adapters = readdirSync(ADAPTERS).map((file) => readFileSync(join(ADAPTERS, file), 'utf8'));

/** Each call of an adapter: the action it names, and the text up to the next one. */
const calls = adapters.flatMap((text) =>
  text
    .split(/\bcall\(\s*(?=')/)
    .slice(1)
    .map((rest) => ({ action: /^'([a-z0-9-]+:\w+)'/.exec(rest)?.[1] ?? '', text: rest })),
);

describe('the policy of the commands on services', () => {
  it('names exactly what the adapters call', () => {
    expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual(
      [...READ_ACTIONS, ...CHANGE_ACTIONS].sort(),
    );
  });

  it('names each call by the command that it sends', () => {
    const whole = adapters.join('\n');
    for (const { action } of calls) {
      const name = action.split(':')[1];
      expect([action, new RegExp(`(new ${name}Command\\(|paginate${name}\\()`).test(whole)]).toEqual([
        action,
        true,
      ]);
    }
    const commands = adapters.flatMap((text) => text.match(/new \w+Command\(|[ (]paginate\w+\(/g) ?? []);
    expect(commands).toHaveLength(calls.length);
  });

  it('can neither make nor delete anything, nor read a secret', () => {
    for (const action of READ_ACTIONS) expect(action).toMatch(/:(Get|List|Describe|Filter)/);
    expect(servicesPolicy()).not.toMatch(/Delete|Create|Put|PassRole|GetSecretValue/);
  });

  it('changes only services, their deployments and their scaling', () => {
    const changing = JSON.parse(servicesPolicy()) as { Statement: { Action: string[]; Resource: string }[] };
    for (const action of CHANGE_ACTIONS) {
      const statement = changing.Statement.find(({ Action }) => Action.includes(action));
      expect([action, statement?.Resource]).not.toEqual([action, '*']);
    }
  });

  it('is the one in docs/, and the one that a denied person is sent to', () => {
    expect(readFileSync(join(ROOT, 'docs/iam-services-policy.json'), 'utf8')).toBe(servicesPolicy());
    for (const action of CHANGE_ACTIONS) expect(documentOf(action)).toBe('docs/iam-services-policy.json');
  });
});
