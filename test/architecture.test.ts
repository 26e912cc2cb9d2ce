import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(__dirname, '..');
const LAMBDA_LIBRARIES = ['runtime', 'leader', 'archive'];

interface Import {
  readonly from: string;
  /** File below the root, or the name of a package. */
  readonly to: string;
  readonly ours: boolean;
}

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return sources(path);
    return /\.(ts|mjs)$/.test(name) ? [path] : [];
  });

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+['"]([^'"]+)['"]|(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    const ours = name.startsWith('.');
    return { from: file, to: ours ? relative(ROOT, resolve(ROOT, dirname(file), name)) : name, ours };
  });
}

const FOLDERS = ['bin', 'lib', 'lambda', 'local', 'bench'] as const;
const imports = FOLDERS.flatMap(sources).flatMap(importsOf);
const from = (prefix: string) => imports.filter((one) => one.from.startsWith(`${prefix}/`));
const show = ({ from: file, to }: Import) => `${file} -> ${to}`;
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
const isContract = (path: string) => /^lambda\/[^/]+\/contract$/.test(path);
const functionOf = (path: string) => path.split('/')[1] ?? '';

/** Files of lambda that are not the domain: the shells of the functions, and what stands behind their ports. */
const SHELLS = /\/(handler|service|aws)\.ts$|\/aws\//;
const ADAPTERS = [
  'lambda/runtime/clock.ts',
  'lambda/runtime/http-put.ts',
  'lambda/runtime/postgres/connect.ts',
  'lambda/region-agent/postgres.ts',
  'lambda/secret-rotation/randomness.ts',
  'lambda/secret-rotation/valkey.ts',
  'lambda/wal-archive/walsender/connect.ts',
];
const domain = sources('lambda').filter((file) => !SHELLS.test(file) && !ADAPTERS.includes(file));

describe('the house', () => {
  it('finds imports at all, so that the following rules can fail', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(
      imports.some(({ from: file, to }) => file === 'bin/app.ts' && to === 'lib/stacks/build-platform'),
    ).toBe(true);
  });

  it.each(['bin', 'lib'])('says of each folder of %s what it is for', (house) => {
    const text = readFileSync(join(ROOT, 'docs/decisions.md'), 'utf8');
    const [, table = ''] = text.split(`| folder of \`${house}\` |`);
    const [rows = ''] = table.split('\n\n');
    const told = [...rows.matchAll(/^\| (.+?) \| /gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
    );
    const folders = readdirSync(join(ROOT, house)).filter((one) =>
      statSync(join(ROOT, house, one)).isDirectory(),
    );
    expect(told.sort()).toEqual(folders.sort());
  });

  it('lets nobody import bin, local or bench', () => {
    const wrong = imports.filter(
      ({ from: file, to, ours }) =>
        ours &&
        ['bin', 'local', 'bench'].some(
          (folder) =>
            to.startsWith(`${folder}/`) &&
            !file.startsWith(`${folder}/`) &&
            // A measurement starts the servers that the drill starts.
            !(file.startsWith('bench/') && to.startsWith('local/')),
        ),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets lib see of lambda only the contracts', () => {
    expect(
      from('lib')
        .filter(({ to, ours }) => ours && to.startsWith('lambda/') && !isContract(to))
        .map(show),
    ).toEqual([]);
  });

  it('lets lib import only itself and the contracts', () => {
    expect(
      from('lib')
        .filter(({ to, ours }) => ours && !to.startsWith('lib/') && !isContract(to))
        .map(show),
    ).toEqual([]);
  });

  it('keeps the CDK and the SDK out of lib/config', () => {
    const wrong = from('lib/config').filter(({ to, ours }) =>
      ours ? !to.startsWith('lib/config/') && !isContract(to) : /^(aws-cdk-lib|constructs|@aws-sdk)/.test(to),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('keeps everything but itself out of lib/drill, which bin and local share', () => {
    const wrong = from('lib/drill').filter(({ to }) => !to.startsWith('lib/drill/'));
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets local see only lib/config, lib/drill, contracts and itself', () => {
    const wrong = from('local').filter(
      ({ to, ours }) => ours && !/^(local|lib\/config|lib\/drill)\//.test(to) && !isContract(to),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('keeps lambda free of lib and of the CDK', () => {
    const wrong = from('lambda').filter(({ to, ours }) =>
      ours ? !to.startsWith('lambda/') : /^(aws-cdk-lib|constructs)/.test(to),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets a function import itself and the libraries only', () => {
    const wrong = from('lambda').filter(({ from: file, to, ours }) => {
      if (!ours) return false;
      const other = functionOf(to);
      return other !== functionOf(file) && !LAMBDA_LIBRARIES.includes(other);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets a contract import nothing', () => {
    expect(imports.filter(({ from: file }) => /^lambda\/[^/]+\/contract\.ts$/.test(file)).map(show)).toEqual(
      [],
    );
  });

  it('keeps the SDK, the clock, chance and the environment out of the domain of lambda', () => {
    expect(domain.length).toBeGreaterThan(10);
    const wrong = domain.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      const named = ['process.env', 'Date.now', 'Math.random', 'new Date()'].filter((name) =>
        text.includes(name),
      );
      const packages = importsOf(file).flatMap(({ to, ours }) =>
        !ours && /^(@aws-sdk|pg$)/.test(to) ? [to] : [],
      );
      return [...named, ...packages].map((name) => `${file}: ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('reads the environment at synth in bin only', () => {
    const wrong = sources('lib').filter((file) =>
      readFileSync(join(ROOT, file), 'utf8').includes('process.env'),
    );
    expect(wrong).toEqual([]);
  });

  it('names every package that it uses, with an exact version', () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const known = { ...dependencies, ...devDependencies };
    const used = new Set(imports.flatMap(({ to, ours }) => (ours || isBuiltin(to) ? [] : [packageOf(to)])));
    expect([...used].filter((name) => !(name in known))).toEqual([]);
    expect(Object.entries(known).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
  });

  it('needs at run time only what it declares as a dependency', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const runtime = imports.filter(({ from: file }) => !file.startsWith('bench/'));
    const used = new Set(runtime.flatMap(({ to, ours }) => (ours || isBuiltin(to) ? [] : [packageOf(to)])));
    expect([...used].filter((name) => !(name in dependencies))).toEqual([]);
  });
});
