import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MAKE_ACTIONS, READ_ACTIONS, recoveryPolicy } from '../../../bin/recover/policy';

const ROOT = resolve(__dirname, '../../..');
const ADAPTERS = join(ROOT, 'bin/recover/aws');
const called = readdirSync(ADAPTERS).flatMap((file) =>
  [...readFileSync(join(ADAPTERS, file), 'utf8').matchAll(/\bcall\(\s*'([a-z0-9]+:\w+)'/g)].map(
    ([, name]) => name ?? '',
  ),
);

describe('the policy of recovery', () => {
  it('names exactly what the adapters call', () => {
    expect([...new Set(called)].sort()).toEqual([...READ_ACTIONS, ...MAKE_ACTIONS].sort());
  });

  it('can delete nothing, and reads no secret but the token of the cache', () => {
    expect(recoveryPolicy()).not.toMatch(/:(Delete|Remove|Purge|Terminate)/);
    const { Statement } = JSON.parse(recoveryPolicy()) as {
      Statement: readonly { readonly Action: readonly string[]; readonly Resource: string }[];
    };
    const reading = Statement.filter(({ Action }) => Action.includes('secretsmanager:GetSecretValue'));
    expect(reading.map(({ Resource }) => Resource)).toEqual([
      'arn:aws:secretsmanager:*:*:secret:*/cache-??????',
    ]);
  });

  it('is the one in docs/', () => {
    expect(readFileSync(join(ROOT, 'docs/iam-recovery-policy.json'), 'utf8')).toBe(recoveryPolicy());
  });
});
