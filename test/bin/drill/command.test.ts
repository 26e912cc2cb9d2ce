import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { VALID } from '../../config/fixture';
import { terminal } from '../operate/fakes';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-drill-command-'));
const file = join(folder, 'demo.yaml');
beforeAll(() => writeFileSync(file, VALID));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function holdfast(...args: readonly string[]) {
  const { end, said } = terminal();
  return { exit: await run(['drill', ...args, '--platform', file], end), ...said };
}

describe('holdfast drill', () => {
  it('says where which drill is held', async () => {
    expect(await holdfast()).toEqual({
      exit: EXIT.wrongUse,
      out: '',
      err: 'Say --aws to drill in the account; npm run drill drills on this machine.\n',
    });
  });

  it('asks AWS nothing if its report could not be written', async () => {
    const { exit, err } = await holdfast('--aws', '--report', join(folder, 'none', 'drill.html'));
    expect([exit, err]).toEqual([EXIT.wrongUse, expect.stringContaining('cannot be written to')]);
  });

  it('has a help that fits a screen', async () => {
    const lines = (await holdfast('--help')).out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(36);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});
