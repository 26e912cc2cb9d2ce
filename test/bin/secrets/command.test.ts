import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { SECRET_ACTIONS, secretsPolicy } from '../../../bin/secrets/policy';
import { ROOT } from '../../support/synth';
import { terminal } from '../operate/fakes';
import { VALUE } from './fakes';

describe('the command', () => {
  it('refuses a value as an argument', async () => {
    const { end, said } = terminal();
    expect(await run(['secrets', 'set', 'smtp-password', VALUE, '-p', 'prodstack'], end)).toBe(EXIT.wrongUse);
    expect(said.err).toContain('too many arguments');
  });

  it('asks for no value that it would refuse', async () => {
    const asked: string[] = [];
    const { end, said } = terminal({
      askHidden: async (question) => {
        asked.push(question);
        return VALUE;
      },
    });
    expect(await run(['secrets', 'set', 'database', '-p', 'prodstack'], end)).toBe(EXIT.notOk);
    expect([asked, said.out.includes('rotated by Holdfast')]).toEqual([[], true]);
  });

  it('says which file cannot be read', async () => {
    const { end, said } = terminal();
    const args = ['secrets', 'set', 'smtp-password', '--from-file', '/nowhere/x', '-p', 'prodstack'];
    expect(await run(args, end)).toBe(EXIT.notOk);
    expect(said.out).toContain('/nowhere/x cannot be read');
  });

  it('asks nobody where nobody can type', async () => {
    const { end, said } = terminal();
    expect(await run(['secrets', 'set', 'smtp-password', '-p', 'prodstack'], end)).toBe(EXIT.notOk);
    expect(said.out).toContain('say --from-file, or pipe it in');
  });

  it.each([
    ...['list', 'check', 'set'].map((name) => ['secrets', name]),
    ...['list', 'check', 'set'].map((name) => ['files', name]),
  ])('prints help of %s %s that fits a screen', async (command, name) => {
    const { end, said } = terminal();
    expect(await run([command ?? '', name ?? '', '--help'], end)).toBe(EXIT.ok);
    expect(said.out.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
  });
});

describe('the policy of the secrets', () => {
  const adapters = readFileSync(join(ROOT, 'bin/secrets/aws.ts'), 'utf8');

  it('names exactly what the adapter calls, and is the one in docs/', () => {
    const called = [...adapters.matchAll(/\bcall\(\s*'([a-z0-9]+:\w+)'/g)].map(([, name]) => name);
    expect([...new Set(called)].sort()).toEqual([...SECRET_ACTIONS]);
    expect(readFileSync(join(ROOT, 'docs/iam-secrets-policy.json'), 'utf8')).toBe(secretsPolicy());
  });
});
