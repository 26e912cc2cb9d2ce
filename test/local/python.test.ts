import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findPython, NoPython, type PythonPlace } from '../../local/python';

let folder: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-python-'));
  mkdirSync(join(folder, 'path'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Behaviour {
  /** What it says when it is asked for moto: a version, or undefined if it has none. */
  readonly moto?: string;
  /** Moto in the environment that it makes; undefined if pip fails. */
  readonly installs?: string;
}

/** A program that behaves like a Python as far as it is used here. */
function fakePython(file: string, { moto, installs }: Behaviour): string {
  writeFileSync(
    file,
    `#!${process.execPath}
const { copyFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const [first, second, third] = process.argv.slice(2);
const fail = (line) => { console.error('Traceback\\n' + line); process.exit(1); };
const version = installed() ?? ${JSON.stringify(moto ?? null)};
function installed() { try { return readFileSync(__dirname + '/moto', 'utf8'); } catch { return null; } }
if (first === '-c') version === null ? fail("ModuleNotFoundError: No module named 'moto'") : console.log(version);
else if (second === 'venv') { mkdirSync(third + '/bin', { recursive: true }); copyFileSync(__filename, third + '/bin/python3'); }
else if (second === 'pip') {
  const installs = ${JSON.stringify(installs ?? null)};
  installs === null ? fail('ERROR: No matching distribution found for moto') : writeFileSync(__dirname + '/moto', installs);
}
`,
  );
  chmodSync(file, 0o755);
  return file;
}

const onPath = (name: string, behaviour: Behaviour): string =>
  fakePython(join(folder, 'path', name), behaviour);

const place = (named?: string): PythonPlace => ({
  env: { PATH: join(folder, 'path'), ...(named !== undefined && { HOLDFAST_PYTHON: named }) },
  environment: join(folder, 'own/python'),
});
const find = (named?: string): Promise<string> => findPython((line) => said.push(line), place(named));
const made = (): string[] => (existsSync(join(folder, 'own')) ? readdirSync(join(folder, 'own')) : []);

describe('the Python of the local AWS API', () => {
  it('is the python3 of the path if that has moto', async () => {
    onPath('python3', { moto: '5.2.1' });
    expect(await find()).toBe('python3');
    expect(said).toEqual([]);
  });

  it('is python if python3 has no moto', async () => {
    onPath('python3', {});
    onPath('python', { moto: '5.2.0' });
    expect(await find()).toBe('python');
  });

  it('is the one that HOLDFAST_PYTHON names, before any other', async () => {
    onPath('python3', { moto: '5.2.1' });
    const named = fakePython(join(folder, 'mine'), { moto: '5.2.1' });
    expect(await find(named)).toBe(named);
  });

  it.each([
    ['is missing', undefined, /names .*mine, which cannot be used: there is no program .*mine\./],
    ['has no moto', {}, /names .*mine, which cannot be used: ModuleNotFoundError: No module named 'moto'\./],
    [
      'has another moto',
      { moto: '4.2.14' },
      /names .*mine, which cannot be used: it has moto 4\.2\.14 and not 5\.2\./,
    ],
  ])(
    'is not silently another one if the one that HOLDFAST_PYTHON names %s',
    async (_, behaviour, message) => {
      onPath('python3', { moto: '5.2.1' });
      const file = join(folder, 'mine');
      if (behaviour) fakePython(file, behaviour);
      const found = find(file);
      await expect(found).rejects.toThrow(NoPython);
      await expect(found).rejects.toThrow(message);
      expect(said).toEqual([]);
    },
  );

  it.each([
    ['without moto', { installs: '5.2.1' }],
    ['with another moto', { moto: '4.2.14', installs: '5.2.1' }],
  ])('is installed, which is told, beside a python3 %s, and found again', async (_, behaviour) => {
    onPath('python3', behaviour);
    const own = join(folder, 'own/python/bin/python3');
    expect(await find()).toBe(own);
    expect(await find()).toBe(own);
    expect(said).toEqual([expect.stringMatching(/^installing moto/)]);
    expect(made()).toEqual(['python']);
  });

  it('is refused, with what to do, if there is no Python at all', async () => {
    const found = find();
    await expect(found).rejects.toThrow(NoPython);
    await expect(found).rejects.toThrow(
      /there is no program python3\. Install Python 3\.10 or later with moto/,
    );
    expect(made()).toEqual([]);
  });

  it("is refused with pip's own words if pip fails, and half an installation is not left", async () => {
    onPath('python3', {});
    await expect(find()).rejects.toThrow(
      /failed: ERROR: No matching distribution found for moto\. Install Python/,
    );
    expect(made()).toEqual([]);
  });

  it('is refused if what pip installed is another moto', async () => {
    onPath('python3', { installs: '5.3.0' });
    await expect(find()).rejects.toThrow(
      /what was installed cannot be used: it has moto 5\.3\.0 and not 5\.2/,
    );
    expect(made()).toEqual([]);
  });
});
