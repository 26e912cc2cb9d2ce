import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { writePicture } from '../../../bin/diagram/draw';
import { terminal } from '../operate/fakes';

describe('holdfast diagram', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-diagram-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes the picture of the platform into the file that is named', async () => {
    const { end, said } = terminal({ environment: {} });
    const file = join(folder, 'new', 'jackcwf.svg');
    expect(await run(['diagram', '--platform', 'jackcwf', '--out', file], end)).toBe(EXIT.ok);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg [\s\S]*chat\.example\.net[\s\S]*<\/svg>\n$/);
    expect([said.out, said.err]).toEqual(['', `Wrote ${file}.\n`]);
  });

  it('says which file it cannot write, and why', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    expect(() => writePicture(join(file, 'x.svg'), '')).toThrow(
      /^--out .*a-file\/x\.svg: the file cannot be written: /,
    );
  });

  it('is wrong use with something that it does not know', async () => {
    const { end, said } = terminal({ environment: {} });
    expect(await run(['diagram', '--png'], end)).toBe(EXIT.wrongUse);
    expect(said.err).toContain("unknown option '--png'");
  });
});
