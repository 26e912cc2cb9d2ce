// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose writes its variables so
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { type ImportOptions, importCompose } from '../../lib/compose/import-compose';
import { readEnvFile } from '../../lib/compose/read/env-file';
import { InterpolationError, interpolate } from '../../lib/compose/read/interpolate';
import { mibOf, secondsOf } from '../../lib/compose/read/units';
import { quotedWords, shellWords } from '../../lib/compose/read/words';
import { problemLine, remarkLine } from '../../lib/compose/report';

/** Imports texts by their names; the first is the Compose file, unless others are named. */
function imported(
  files: Readonly<Record<string, string>>,
  {
    environment = {},
    names = Object.keys(files).slice(0, 1),
    ...options
  }: Partial<ImportOptions> & {
    environment?: Record<string, string>;
    names?: readonly string[];
  } = {},
) {
  const result = importCompose(
    {
      files: names,
      envFiles: [],
      environment,
      read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    },
    { size: 'small', profiles: [], folderName: 'demo', schema: 'x.json', ...options },
  );
  return {
    document: result.kind === 'platform' ? parse(result.text) : undefined,
    problems: result.kind === 'problems' ? result.problems.map(problemLine) : [],
    remarks: result.remarks.map(remarkLine),
  };
}

const web = (more: object = {}) => ({ image: 'acme/web:1', ports: ['80:8080'], ...more });
const project = (services: object, more: object = {}) => ({
  'compose.yaml': stringify({ services, ...more }),
});

describe('variables in a Compose file', () => {
  const values: Record<string, string> = { A: 'a', EMPTY: '' };
  const filled = (text: string, missing: string[] = []) =>
    interpolate(
      text,
      (name) => values[name],
      (name, required) => missing.push(required === undefined ? name : `${name}: ${required}`),
    );

  it.each([
    ['$A-${A}', 'a-a'],
    ['${EMPTY:-x}|${EMPTY-x}|${NONE-x}', 'x||x'],
    ['${A:+x}|${EMPTY:+x}|${EMPTY+x}', 'x||x'],
    ['${NONE:-${A:-b}}', 'a'],
    ['$$A $${A}', '$A ${A}'],
    ['${A:?gone}', 'a'],
  ])('are filled in as Compose does: %s', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  it('that are not set are told, with what the file says of them', () => {
    const missing: string[] = [];
    expect(filled('${NONE}${MUST:?set it}$OTHER', missing)).toBe('');
    expect(missing).toEqual(['NONE', 'MUST: set it', 'OTHER']);
  });

  it.each(['$', '$1', '${', '${}', '${A B}'])('are refused where they are none: %s', (text) => {
    expect(() => filled(text)).toThrow(InterpolationError);
  });

  it('come from .env, and the shell wins', () => {
    const files = { ...project({ web: web({ image: 'acme/web:${TAG}' }) }), '.env': 'TAG=1' };
    expect(imported(files).document.services.web.image).toBe('docker.io/acme/web:1');
    expect(imported(files, { environment: { TAG: '2' } }).document.services.web.image).toBe(
      'docker.io/acme/web:2',
    );
  });

  it('keep a file from being imported if they are required, but not for a secret', () => {
    expect(imported(project({ web: web({ image: 'acme/web:${TAG:?which}' }) })).problems).toEqual([
      'compose.yaml:3: services.web.image: the variable TAG is not set: which. Set it, or name its file with --env-file.',
    ]);
    expect(
      imported(project({ web: web({ environment: { API_KEY: '${API_KEY:?which}' } }) })).problems,
    ).toEqual([]);
  });
});

describe('a file of variables', () => {
  const read = (text: string, raw = false) =>
    Object.fromEntries(readEnvFile(text, (name) => (name === 'HOME' ? '/home/me' : undefined), raw));

  it('is read with quotes, comments, exports and other variables', () => {
    const text = `# comment\nA=1 # one\nexport B='$A # b'\nC="two\\nlines $A"\nD: d\nE=\nF=$HOME/x\nHOME\nG=a#b\nH="x\ny"\n`;
    expect(read(text)).toEqual({
      A: '1',
      B: '$A # b',
      C: 'two\nlines 1',
      D: 'd',
      E: '',
      F: '/home/me/x',
      HOME: '/home/me',
      G: 'a#b',
      H: 'x\ny',
    });
  });

  it('is taken as it stands in the raw format', () => {
    expect(read(`A='x' # y\nB=$A`, true)).toEqual({ A: "'x' # y", B: '$A' });
  });
});

describe('texts of Compose', () => {
  it.each([
    ['a "b c" d\\ e', ['a', 'b c', 'd e']],
    [`sh -c 'echo "$x"'`, ['sh', '-c', 'echo "$x"']],
    ["it's", ['it', "'s"]],
    ['', []],
  ])('are parted into words: %s', (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });

  it('are written so that they part into the same words', () => {
    const words = ['a b', "it's", '$x', 'plain', ''];
    expect(shellWords(quotedWords(words.slice(0, 4)))).toEqual(words.slice(0, 4));
  });

  it.each([
    ['1m30s', 90],
    ['500ms', 0.5],
    ['2h', 7200],
    ['10', 10],
    ['soon', undefined],
  ])('are durations: %s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each([
    ['512M', 512],
    ['1.5g', 1536],
    ['1073741824', 1024],
    ['64kb', 1],
    ['2GiB', 2048],
    ['much', undefined],
  ])('are sizes: %s', (text, mib) => {
    expect(mibOf(text)).toBe(mib);
  });
});

describe('several Compose files', () => {
  const base = stringify({
    services: { web: web({ command: 'serve', environment: ['A=1', 'B=2'], volumes: ['data:/data'] }) },
  });
  const both = (over: string) =>
    imported({ 'a.yaml': base, 'b.yaml': over }, { names: ['a.yaml', 'b.yaml'] }).document.services.web;

  it('are laid over each other: mappings joined, commands replaced', () => {
    const merged = both('services: {web: {command: [run, fast], environment: {B: 3, C: 4}}}');
    expect([merged.command, merged.environment]).toEqual([['run', 'fast'], { A: '1', B: '3', C: '4' }]);
  });

  it('take a value away with !reset and replace it with !override', () => {
    const merged = both('services: {web: {command: !reset null, environment: !override {D: 5}}}');
    expect([merged.command, merged.environment]).toEqual([undefined, { D: '5' }]);
  });

  it('replace a mount at the same place', () => {
    expect(both('services: {web: {volumes: ["./x.conf:/data"]}}').sharedFiles).toBeUndefined();
  });

  it.each([
    [
      'services: {web: {image: a:1, extends: {service: gone}}}',
      'c.yaml:1: services.web.extends: there is no service gone in c.yaml.',
    ],
    [
      'services: {web: {extends: api}, api: {extends: web}}',
      'c.yaml:1: services.web.extends: web extends itself.',
    ],
    ['include: [c.yaml]\nservices: {web: {image: a:1}}', 'c.yaml:1: include[0]: c.yaml includes itself.'],
    [
      'include: [gone.yaml]\nservices: {web: {image: a:1}}',
      'gone.yaml:1: there is no file gone.yaml that can be read.',
    ],
    [
      'services:\n  web: {image: a:1}\n  web: {image: b:1}',
      'c.yaml:3: the YAML cannot be read: Map keys must be unique',
    ],
    [
      'services: {web: {image: a:1, ports: [x]}}',
      'c.yaml:1: services.web.ports: "x" is no port; for example "8080:80".',
    ],
    [
      'services: {db: {image: "postgres:17"}}',
      'c.yaml:1: services: no service is left that a platform could run; there are: db.',
    ],
    [
      'services: {web: {image: a:1, stop_grace_period: soon}}',
      'c.yaml:1: services.web.stop_grace_period: it is no duration, for example 1m30s.',
    ],
  ])('that cannot be read are refused with the place: %s', (text, problem) => {
    expect(imported({ 'c.yaml': text }).problems).toContain(problem);
  });
});

describe('services of Compose', () => {
  it('of a profile are taken if it is asked for', () => {
    const files = project({ web: web(), extra: web({ profiles: ['more'] }) });
    expect(Object.keys(imported(files).document.services)).toEqual(['web']);
    expect(Object.keys(imported(files, { profiles: ['more'] }).document.services)).toEqual(['web', 'extra']);
  });

  it('that are open only to the machine itself get no route', () => {
    const { services } = imported(
      project({ web: web(), admin: web({ ports: ['127.0.0.1:9000:9000'] }) }),
    ).document;
    expect([services.admin.routes, services.admin.ports]).toEqual([undefined, { 'port-9000': 9000 }]);
  });

  it('share the domain by their names, and others get a host of their own', () => {
    const services = imported(project({ frontend: web(), api: web(), docs: web() }), {
      domain: 'x.example.org',
    }).document.services;
    expect([services.frontend.routes, services.api.routes, services.docs.routes]).toEqual([
      [{ paths: ['/*'] }],
      [{ paths: ['/api/*'] }],
      [{ host: 'docs.x.example.org', paths: ['/*'] }],
    ]);
  });

  it('that share a secret by name and value share it, and others do not', () => {
    const secret = (value: string) => web({ environment: { APP_KEY: value } });
    const { document } = imported(project({ a: secret('one'), b: secret('one'), c: secret('two') }));
    expect(['a', 'b', 'c'].map((name) => document.services[name].secrets.APP_KEY)).toEqual([
      'app-key',
      'app-key',
      'app-key-2',
    ]);
  });

  it('keep commands with a password out of the file', () => {
    const { document, remarks } = imported(project({ web: web({ command: 'serve --db-password=hunter2' }) }));
    expect(document.services.web.command).toBeUndefined();
    expect(remarks.join('\n')).toContain('services.web.command: not carried over: the command');
  });

  it('get the domain that the hosts of Traefik have in common', () => {
    const labelled = (rule: string) => web({ labels: { 'traefik.http.routers.r.rule': rule } });
    const { document } = imported(
      project({ a: labelled('Host(`a.example.org`)'), b: labelled('Host(`b.example.org`)') }),
    );
    expect([document.domain.name, document.services.b.routes]).toEqual([
      'example.org',
      [{ host: 'b.example.org', paths: ['/*'] }],
    ]);
  });

  it('have their pool made smaller where all tasks would not find a connection', () => {
    const user = web({ depends_on: ['db'], deploy: { replicas: 10 } });
    const { document, problems } = imported(
      project({ a: user, b: user, c: user, db: { image: 'postgres:17' } }),
    );
    expect([problems, document.database.pool]).toEqual([[], { open: 5, idle: 2 }]);
  });

  it('that started commands by the clock in others are named, and others run them in one task only', () => {
    const { document, remarks } = imported(
      project({
        web: web(),
        beat: { image: 'acme/web:1', command: 'celery beat' },
        jobs: { image: 'mcuadros/ofelia' },
      }),
    );
    expect(document.services.beat).toMatchObject({ replicas: { min: 1, max: 1 }, runs: 'leader' });
    expect(remarks.join('\n')).toContain(
      'services.jobs: not carried over: the service jobs: nothing starts commands',
    );
  });

  it('run with the lead where they work by themselves or by the clock, and where they are asked in both regions', () => {
    const { document } = imported(
      project({
        web: web(),
        mixed: web({ command: 'celery -A shop worker -B' }),
        worker: { image: 'acme/web:1', command: 'celery -A shop worker' },
      }),
    );
    const { web: asked, mixed, worker } = document.services;
    expect([asked.runs, mixed.runs, worker.runs]).toEqual([undefined, 'leader', 'leader']);
  });

  it('keep their unknown keys to themselves, with a remark', () => {
    expect(imported(project({ web: web({ imgae: 'x' }) })).remarks).toContain(
      'compose.yaml:6: services.web.imgae: not carried over: imgae: Compose knows no such key. Look for a slip of the pen.',
    );
  });
});
