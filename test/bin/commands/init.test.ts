import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { Interrupted, type Prompts } from '../../../bin/init/prompts';
import { loadPlatform } from '../../../lib/config/load';
import { terminal } from '../operate/fakes';

const all = mkdtempSync(join(tmpdir(), 'holdfast-init-'));
afterAll(() => rmSync(all, { recursive: true, force: true }));

let folder = '';
let count = 0;
beforeEach(() => {
  count += 1;
  folder = join(all, String(count));
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"version":"0.0.0"}');
});

const file = (): string => join(folder, 'platform.yaml');
const ENOUGH = [
  '--name',
  'shop',
  '--domain',
  'shop.example.org',
  '--service',
  'name=web,image=web:1.0.0,port=8080',
];

async function holdfast(args: readonly string[], prompts?: Prompts) {
  const changes = prompts ? { prompts: () => prompts } : {};
  const { end, said } = terminal({ root: folder, environment: {}, ...changes });
  return { exit: await run(['init', ...args], end), ...said };
}

/** Somebody who answers by the words of a question, and otherwise takes what is proposed. */
class Person implements Prompts {
  readonly asked: string[] = [];
  readonly refused: string[] = [];

  /** Answers by a part of the question; of several answers each is given once, the last ones to who asks again. */
  constructor(private readonly answers: Readonly<Record<string, readonly (string | boolean)[]>>) {}

  async text({ message, default: usual = '', check }: Parameters<Prompts['text']>[0]): Promise<string> {
    for (;;) {
      const answer = String(this.#next(message) ?? usual);
      const why = check(answer);
      if (why === undefined) return answer;
      this.refused.push(why);
      if (this.refused.length > 9) throw new Error(`${message} ${why}`);
    }
  }

  async choose({ message, default: usual }: Parameters<Prompts['choose']>[0]): Promise<string> {
    return String(this.#next(message) ?? usual);
  }

  async confirm({ message, default: usual }: Parameters<Prompts['confirm']>[0]): Promise<boolean> {
    return this.#next(message) === undefined ? usual : true;
  }

  readonly #given = new Map<string, number>();

  #next(message: string): string | boolean | undefined {
    this.asked.push(message);
    const key = Object.keys(this.answers).find((part) => message.startsWith(part));
    if (key === undefined) return undefined;
    const index = this.#given.get(key) ?? 0;
    this.#given.set(key, index + 1);
    return this.answers[key]?.[index];
  }
}

describe('holdfast init without a terminal', () => {
  it('writes a valid platform file from flags, and fills the rest with its defaults', async () => {
    const { exit, out } = await holdfast(ENOUGH);
    expect([exit, out]).toEqual([
      EXIT.ok,
      `Wrote ${file()}.\nNext: npx holdfast check --platform ${file()}\n`,
    ]);
    const platform = loadPlatform(file(), { root: folder });
    expect([platform.name, platform.size, platform.regions.home.name, platform.regions.witness.name]).toEqual(
      ['shop', 'medium', 'us-east-1', 'us-east-2'],
    );
    expect(platform.services[0]?.health?.path).toBe('/health');
    expect(platform.database?.kind).toBe('managed');
  });

  it('names every flag that is missing', async () => {
    const { exit, err } = await holdfast([]);
    expect(exit).toBe(EXIT.wrongUse);
    expect(err).toBe(
      'holdfast init: nobody can be asked here, and something is missing; add: --name shop --domain shop.example.com --service name=web,image=web:1.0.0,port=8080\n',
    );
  });

  it('takes several services, a worker among them, a cache and no database', async () => {
    const args = [
      '--service',
      'name=jobs,image=web:1.0.0',
      '--cache',
      '--no-database',
      '--email',
      'ops@example.org',
    ];
    expect((await holdfast([...ENOUGH, ...args])).exit).toBe(EXIT.ok);
    const { services, database, cache, alerts } = loadPlatform(file(), { root: folder });
    expect(services.map(({ name, routes }) => [name, routes.length])).toEqual([
      ['jobs', 0],
      ['web', 1],
    ]);
    expect([database, cache === undefined, alerts === undefined]).toEqual([undefined, false, false]);
  });

  it('never writes over a file', async () => {
    writeFileSync(file(), 'mine');
    const { exit, err } = await holdfast(ENOUGH);
    expect([exit, readFileSync(file(), 'utf8')]).toEqual([EXIT.notOk, 'mine']);
    expect(err).toContain('exists already and is left as it is');
  });

  it('only prints with --dry-run, and tells programs JSON', async () => {
    const dry = await holdfast([...ENOUGH, '--dry-run']);
    const json = await holdfast([...ENOUGH, '--dry-run', '--json']);
    expect(JSON.parse(json.out)).toEqual({ file: null, platform: { name: 'shop', text: dry.out } });
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    ['name=web', 'It needs a name and an image'],
    ['name=Web,image=web:1', 'name: "Web" is not allowed; allowed: lower-case letters'],
    ['name=web,image=web', 'image: "web" is not allowed; allowed: name:tag'],
    ['name=web,image=web:1,port=0', 'port: "0" is not allowed; allowed: a whole number from 1 to 65535'],
    ['name=web,image=web:1,prot=80', 'prot is unknown; did you mean port?'],
    ['name=web,image=web:1,path=/x', 'A service with a path needs a port too'],
  ])('refuses --service %s', async (value, hint) => {
    const { exit, err } = await holdfast(['--name', 'shop', '--service', value]);
    expect(exit).toBe(EXIT.wrongUse);
    expect(err).toContain(hint);
  });

  it('refuses two services of one name, and regions that cannot be had', async () => {
    expect((await holdfast([...ENOUGH, ...ENOUGH.slice(4)])).err).toContain('There are two services web.');
    expect((await holdfast([...ENOUGH, '--home', 'us-west-1'])).err).toContain('a platform needs three');
  });

  it('tells what does not fit together, and writes nothing', async () => {
    const { exit, err } = await holdfast([...ENOUGH, '--hosted-zone', 'example.com']);
    expect([exit, existsSync(file())]).toEqual([EXIT.wrongUse, false]);
    expect(err).toMatch(/domain\.[\s\S]*Nothing was written\.\n$/);
  });
});

describe('holdfast init with a person', () => {
  it('asks for everything, proposes what fits, and asks again what is not allowed', async () => {
    const person = new Person({
      'Name of the platform': ['My Shop', 'shop'],
      'Home region': ['eu-central-1'],
      'Name of the service': ['web', 'web', 'jobs'],
      'Another service': [true],
      'A cache': [true],
      'E-mail': ['ops@example.org'],
    });
    expect((await holdfast([], person)).exit).toBe(EXIT.ok);
    expect(person.refused).toEqual([
      expect.stringContaining('"My Shop" is not allowed'),
      'there is one of this name',
    ]);
    const { regions, services, domain } = loadPlatform(file(), { root: folder });
    expect([regions.home.name, regions.standby.name, regions.witness.name]).toEqual([
      'eu-central-1',
      'eu-west-1',
      'eu-west-3',
    ]);
    expect(services.map(({ name, routes }) => `${name} ${routes[0]?.paths}`)).toEqual([
      'jobs /jobs/*',
      'web /*',
    ]);
    expect(domain).toMatchObject({ name: 'shop.example.com', hostedZone: { name: 'example.com' } });
  });

  it('asks nothing that a flag says', async () => {
    const person = new Person({});
    await holdfast(
      [...ENOUGH, '--home', 'us-east-1', '--standby', 'us-west-2', '--no-cache', '--database', 'store'],
      person,
    );
    expect(person.asked).toEqual([
      'AWS account (empty: fill it in later):',
      'Size:',
      'Hosted zone that holds it:',
      'Id of the hosted zone (empty: fill it in later):',
      'E-mail address for alarms (empty: none yet):',
    ]);
  });

  it('asks nothing at all with --yes', async () => {
    const person = new Person({});
    expect((await holdfast([...ENOUGH, '--yes'], person)).exit).toBe(EXIT.ok);
    expect(person.asked).toEqual([]);
  });

  it('writes nothing when the person goes away', async () => {
    const gone: Prompts = {
      text: async () => Promise.reject(new Interrupted()),
      choose: async () => Promise.reject(new Interrupted()),
      confirm: async () => Promise.reject(new Interrupted()),
    };
    expect(await holdfast([], gone)).toEqual({ exit: EXIT.notOk, out: '', err: 'Nothing was written.\n' });
    expect(existsSync(file())).toBe(false);
  });
});
