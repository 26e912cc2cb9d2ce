import { describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT, type Terminal } from '../../../bin/commands/terminal';
import { STEPS } from '../../../bin/database-import/steps';
import { terminal } from '../operate/fakes';

async function holdfast(args: readonly string[], environment: Terminal['environment'] = {}) {
  const { end, said } = terminal({ environment });
  return { exit: await run(args, end), ...said };
}

const AT = ['--platform', 'ops-center', '--region', 'us-east-1'];

describe('the command of the import', () => {
  it.each(STEPS.map((step) => [step]))(
    'has help that fits a screen for %s, with an example',
    async (step) => {
      const { exit, out } = await holdfast(['database', 'import', step, '--help']);
      expect(exit).toBe(EXIT.ok);
      expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(28);
      expect(Math.max(...out.split('\n').map((row) => row.length))).toBeLessThanOrEqual(100);
      expect(out).toContain(`Example:\n  npx holdfast database import ${step} --platform ops-center`);
    },
  );

  it.each([
    [['cutover', '--within', 'soon'], 'It must be a whole number of seconds, 1 to 86400.'],
    [['verify', '--compare', 'all'], 'Allowed choices are rows, counts.'],
    [['folow'], 'Did you mean follow?'],
  ])('refuses %j and says what is allowed', async (args, hint) => {
    const { exit, err } = await holdfast(['database', 'import', ...args]);
    expect([exit, err]).toEqual([EXIT.wrongUse, expect.stringContaining(hint)]);
  });

  it('says what it does not know of the old server', async () => {
    const { exit, out } = await holdfast(['database', 'import', 'status', ...AT], {
      PGHOST: 'old.example.org',
    });
    expect(exit).toBe(EXIT.notOk);
    expect(out).toBe(
      'ops-center: failed: In the environment there is no database, no username, no password of the old server.\n',
    );
  });

  it('says it to programs too', async () => {
    const { out } = await holdfast(['database', 'import', 'status', '--json', ...AT]);
    expect(JSON.parse(out)).toMatchObject({
      platform: 'ops-center',
      command: 'database import status',
      outcome: 'failed',
      sentences: [expect.stringMatching(/there is no host/)],
    });
  });

  it('knows the regions of the platform', async () => {
    const { exit, out } = await holdfast([
      'database',
      'import',
      'status',
      '--platform',
      'ops-center',
      '--region',
      'us-west-1',
    ]);
    expect([exit, out]).toEqual([EXIT.notOk, expect.stringMatching(/^ops-center: refused\. .*us-west-2/)]);
  });
});

describe('the command that rebuilds a platform', () => {
  it('has help that fits a screen, with an example', async () => {
    const { out } = await holdfast(['recover', '--help']);
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
    expect(out).toContain('Example:\n  npx holdfast recover --platform ops-center');
  });
});
