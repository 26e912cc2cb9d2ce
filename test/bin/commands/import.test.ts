// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose writes its variables so
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { loadPlatform } from '../../../lib/config/load';
import { terminal } from '../operate/fakes';

const all = mkdtempSync(join(tmpdir(), 'holdfast-import-'));
afterAll(() => rmSync(all, { recursive: true, force: true }));

let folder = '';
let count = 0;
beforeEach(() => {
  count += 1;
  folder = join(all, `shop-${count}`);
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'docker-compose.yml'),
    'services:\n  web:\n    image: acme/web:1\n    ports: ["80:8080"]\n',
  );
});

const at = (name: string): string => join(folder, name);

async function holdfast(...args: readonly string[]) {
  const { end, said } = terminal({ root: folder, environment: {} });
  writeFileSync(at('package.json'), '{"version":"0.0.0"}');
  return { exit: await run(['import', ...args], end), ...said };
}

describe('holdfast import', () => {
  it('writes a platform file that can be loaded, and says in a line each what is open', async () => {
    const { exit, out, err } = await holdfast(
      at('docker-compose.yml'),
      '--name',
      'shop',
      '--out',
      at('shop.yaml'),
    );
    expect([exit, err]).toEqual([EXIT.ok, '']);
    expect(loadPlatform(at('shop.yaml'), { root: folder }).name).toBe('shop');
    const [remarks = '', end = ''] = out.split('\n\n');
    expect(remarks.split('\n').every((line) => /^\S+docker-compose\.yml:\d+: /.test(line))).toBe(true);
    expect(end).toMatch(
      /^Wrote \S+shop\.yaml: 0 not carried over, 0 changed, \d+ guessed, \d+ to do\.\nNext: npx holdfast check/,
    );
  });

  it('takes name, regions, size, domain and addresses from flags', async () => {
    await holdfast(
      ...[
        at('docker-compose.yml'),
        '--name',
        'shop',
        '--account',
        '123456789012',
        '--home',
        'eu-west-1',
        '--size',
        'large',
      ],
      ...['--domain', 'shop.example.org', '--hosted-zone-id', 'Z0123456789', '--email', 'ops@example.org'],
    );
    const { account, size, regions, domain } = loadPlatform(at('platform.yaml'), { root: folder });
    expect([account, size, regions.home.name, regions.standby.name]).toEqual([
      '123456789012',
      'large',
      'eu-west-1',
      'eu-central-1',
    ]);
    expect(domain).toEqual({
      name: 'shop.example.org',
      hostedZone: { id: 'Z0123456789', name: 'example.org' },
    });
  });

  it('reads several files, the later over the earlier, and files of variables', async () => {
    writeFileSync(at('over.yml'), 'services: {web: {image: "acme/web:${TAG}"}}');
    writeFileSync(at('prod.env'), 'TAG=7');
    const { out } = await holdfast(
      '-f',
      at('docker-compose.yml'),
      '-f',
      at('over.yml'),
      '--env-file',
      at('prod.env'),
      '--dry-run',
    );
    expect(out).toContain('image: docker.io/acme/web:7\n');
    expect(existsSync(at('platform.yaml'))).toBe(false);
  });

  it('writes over nothing, unless it is told to', async () => {
    writeFileSync(at('platform.yaml'), 'mine');
    const { exit, err } = await holdfast(at('docker-compose.yml'));
    expect([exit, readFileSync(at('platform.yaml'), 'utf8')]).toEqual([EXIT.notOk, 'mine']);
    expect(err).toContain('exists already and is left as it is; choose another file with --out');
    expect((await holdfast(at('docker-compose.yml'), '--force')).exit).toBe(EXIT.ok);
    expect(readFileSync(at('platform.yaml'), 'utf8')).toContain('imported from');
  });

  it('writes nothing if the files cannot be imported, and says where and why', async () => {
    writeFileSync(at('bad.yml'), 'services:\n  web:\n    image: "acme/web:${TAG:?which}"\n    ports: [x]\n');
    const { exit, out, err } = await holdfast(at('bad.yml'));
    expect([exit, out, existsSync(at('platform.yaml'))]).toEqual([EXIT.wrongUse, '', false]);
    expect(err).toContain(`${at('bad.yml')}:4: services.web.ports: "x" is no port`);
    expect(err).toContain('services.web.image: the variable TAG is not set: which.');
    expect(err).toMatch(/\nNothing was written\.\n$/);
  });

  it('tells programs the same as JSON', async () => {
    const { out } = await holdfast(at('docker-compose.yml'), '--json', '--out', at('x.yaml'));
    const told = JSON.parse(out);
    expect(Object.keys(told)).toEqual(['file', 'platform', 'remarks', 'problems']);
    expect([told.file, told.platform.text]).toEqual([at('x.yaml'), readFileSync(at('x.yaml'), 'utf8')]);
    expect(Object.keys(told.remarks[0])).toEqual(['file', 'line', 'path', 'kind', 'what', 'why', 'todo']);
  });

  it('has help that fits a screen, with an example', async () => {
    const { exit, out } = await holdfast('--help');
    expect([exit, out.includes('Example:\n  npx holdfast import ')]).toEqual([EXIT.ok, true]);
    const lines = out.trimEnd().split('\n');
    expect([lines.length <= 32, Math.max(...lines.map((line) => line.length)) <= 100]).toEqual([true, true]);
  });

  it('says that an override which Compose would read is not read', async () => {
    writeFileSync(at('docker-compose.override.yml'), 'services: {}');
    const { err } = await holdfast(at('docker-compose.yml'));
    expect(err).toContain('docker-compose.override.yml is not read; to lay it over, name it too: -f ');
  });

  it.each([
    [['gone.yml'], EXIT.wrongUse, 'gone.yml:1: there is no file gone.yml that can be read.'],
    [['--out', '/no/such/folder/x.yaml'], EXIT.notOk, 'there is no folder /no/such/folder; make it'],
    [
      ['--home', 'eu-west-9'],
      EXIT.wrongUse,
      'eu-west-9 is no region that Holdfast knows; did you mean eu-west-1?',
    ],
    [
      ['--home', 'us-east-1', '--standby', 'us-east-1'],
      EXIT.wrongUse,
      'home, standby and witness are three different regions',
    ],
    [['--name', 'My Shop'], EXIT.wrongUse, '"My Shop" is not allowed; allowed: lower-case letters'],
    [['--size', 'huge'], EXIT.wrongUse, 'Allowed choices are small, medium, large'],
    [['--account', '12'], EXIT.wrongUse, 'allowed: twelve digits'],
    [['--proflie', 'x'], EXIT.wrongUse, 'Did you mean --profile?'],
  ])('refuses %j and says what to do', async (args, exit, hint) => {
    const file = args[0] === 'gone.yml' ? [] : [at('docker-compose.yml')];
    const ended = await holdfast(...file, ...args);
    expect([ended.exit, ended.out]).toEqual([exit, '']);
    expect(ended.err).toContain(hint);
  });
});
