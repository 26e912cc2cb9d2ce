import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS, checkPolicy } from '../../../bin/checks/policy';

const ROOT = resolve(__dirname, '../../..');
const ADAPTERS = join(ROOT, 'bin/checks/aws');
const adapters = readdirSync(ADAPTERS).map((file) => readFileSync(join(ADAPTERS, file), 'utf8'));

/** Each call of an adapter: the action it names, and the text up to the next one. */
const calls = adapters.flatMap((text) =>
  text
    .split(/\bcall\(\s*(?=')/)
    .slice(1)
    .map((rest) => ({ action: /^'([a-z0-9]+:\w+)'/.exec(rest)?.[1] ?? '', text: rest })),
);

describe('the policy of the checks', () => {
  it('allows exactly what the adapters call', () => {
    expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual([...ACTIONS]);
  });

  it('names each call by the command that it sends', () => {
    for (const { action, text } of calls) {
      const operation = action.split(':')[1];
      expect([action, new RegExp(`(new ${operation}Command\\(|paginate${operation}\\()`).test(text)]).toEqual(
        [action, true],
      );
    }
    const commands = adapters.flatMap((text) => text.match(/new \w+Command\(|[ (]paginate\w+\(/g) ?? []);
    expect(commands).toHaveLength(calls.length);
  });

  it('only reads', () => {
    for (const action of ACTIONS) expect(action).toMatch(/:(Get|List|Describe)/);
    expect(ACTIONS.filter((action) => /GetSecretValue|GetParameters/.test(action))).toEqual([]);
  });

  it('is the one in docs/', () => {
    expect(readFileSync(join(ROOT, 'docs/iam-check-policy.json'), 'utf8')).toBe(checkPolicy());
  });
});
