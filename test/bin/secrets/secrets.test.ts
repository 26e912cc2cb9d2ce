import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallFailed } from '../../../bin/checks/failures';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import type { Manner } from '../../../bin/recover/telling';
import { fileItems, secretItems, settable } from '../../../bin/secrets/items';
import { SECRET_ACTIONS, secretsPolicy } from '../../../bin/secrets/policy';
import type { SecretState, SecretStore } from '../../../bin/secrets/ports';
import { renderCheck, renderList, verdictOf } from '../../../bin/secrets/render';
import { setItem } from '../../../bin/secrets/set';
import { survey } from '../../../bin/secrets/survey';
import {
  misfitOfSecret as misfit,
  misfitOfFile,
  readText,
  readSecret as readValue,
  SECRET_BYTES_MAX,
} from '../../../bin/secrets/value';
import { expectedFields } from '../../../lib/security/secret-uses';
import { ROOT } from '../../support/synth';
import { terminal } from '../operate/fakes';
import { HOME, STANDBY } from '../operate/records';
import { platform } from '../support/ports';

const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;
const PLATFORM = platform();
/** Nobody may ever see it. */
const VALUE = 'R0tt3rdam-n3ver-shown';

interface Kept {
  text: string | undefined;
  version: string | undefined;
  createdMs: number;
}

/** Secrets Manager of two regions; a write at home arrives in the standby after so many looks. */
class FakeStore implements SecretStore {
  readonly regions: Record<string, Map<string, Kept>> = { [HOME]: new Map(), [STANDBY]: new Map() };
  readonly puts: { readonly region: string; readonly text: string; readonly version: string }[] = [];
  /** The copies are secrets of their own. */
  detached = false;
  copyStatus = 'InSync';
  looksUntilCopied = 0;
  mayRead = true;

  constructor(secrets: readonly string[], text: string | undefined = VALUE) {
    for (const secret of secrets)
      for (const region of [HOME, STANDBY])
        this.regions[region]?.set(`demo/${secret}`, {
          text,
          version: text && 'v1',
          createdMs: NOW_MS - 3 * DAY_MS,
        });
  }

  at(region: string, secret: string): Kept {
    const found = this.regions[region]?.get(`demo/${secret}`);
    if (!found) throw new Error(`no ${secret} in ${region}`);
    return found;
  }

  async state(region: string, name: string): Promise<SecretState | undefined> {
    const kept = this.regions[region]?.get(name);
    if (!kept) return undefined;
    if (region === STANDBY && !this.detached && this.looksUntilCopied-- <= 0 && this.puts.length > 0)
      kept.version = this.regions[HOME]?.get(name)?.version;
    return {
      current: kept.version,
      owner: this.detached ? undefined : HOME,
      copies: this.detached || region === STANDBY ? new Map() : new Map([[STANDBY, this.copyStatus]]),
      nextRotationMs: name.endsWith('session-key') ? NOW_MS + 5 * DAY_MS : undefined,
    };
  }

  async value(region: string, name: string) {
    if (!this.mayRead)
      throw new CallFailed('secretsmanager:GetSecretValue', region, named('AccessDeniedException'));
    const kept = this.regions[region]?.get(name);
    return kept?.text === undefined ? undefined : { text: kept.text, createdMs: kept.createdMs };
  }

  async put(region: string, name: string, text: string, version: string): Promise<void> {
    this.puts.push({ region, text, version });
    const kept = this.regions[region]?.get(name);
    if (kept) Object.assign(kept, { text, version });
  }
}

const named = (name: string): Error => Object.assign(new Error('refused'), { name });

/** A clock whose sleeps pass at once. */
function manner(changes: Partial<Manner> = {}): Manner {
  let now = NOW_MS;
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { json: false, dryRun: false, clock, stop: new AbortController().signal, ...changes };
}

const itemOf = (name: string) => {
  const found = settable('secret', secretItems(PLATFORM), name);
  if ('problem' in found) throw new Error(found.problem);
  return found.item;
};
const set = (store: FakeStore, secret = 'pager-key', text = VALUE, changes: Partial<Manner> = {}) =>
  setItem(PLATFORM, { item: itemOf(secret), text, version: 'v2' }, store, manner(changes), () => undefined);

describe('setting a secret', () => {
  it('writes home and waits until the copy of the standby has the same version', async () => {
    const store = new FakeStore(['pager-key'], undefined);
    store.looksUntilCopied = 4;
    const { outcome, sentences } = await set(store);
    expect(store.puts).toEqual([{ region: HOME, text: VALUE, version: 'v2' }]);
    expect([outcome, sentences[0]]).toEqual(['done', 'Both regions have version v2.']);
  });

  it('writes both regions under one version once a failover has made the copy a secret of its own', async () => {
    const store = new FakeStore(['pager-key']);
    store.detached = true;
    expect((await set(store)).outcome).toBe('done');
    expect(store.puts.map(({ region, version }) => [region, version])).toEqual([
      [HOME, 'v2'],
      [STANDBY, 'v2'],
    ]);
  });

  it('calls a copy that does not arrive an unknown outcome, and says what to do', async () => {
    const store = new FakeStore(['pager-key']);
    store.looksUntilCopied = 10_000;
    store.copyStatus = 'InProgress';
    const { outcome, sentences } = await set(store);
    expect(outcome).toBe('unknown');
    expect(sentences[0]).toBe(
      `It was written, but after 60 s ${STANDBY} did not have it (the copy is InProgress).`,
    );
  });

  it('writes nothing in a dry run', async () => {
    const store = new FakeStore(['pager-key']);
    expect((await set(store, 'pager-key', VALUE, { dryRun: true })).outcome).toBe('would');
    expect(store.puts).toEqual([]);
  });

  it.each([
    ['database', 'database is set and rotated by Holdfast itself; nobody else may write it.'],
    ['cache', 'cache is set and rotated by Holdfast itself; nobody else may write it.'],
    ['pager-kye', 'In the platform file there is no secret pager-kye; did you mean pager-key?'],
  ])('refuses to write %s', (secret, sentence) => {
    const found = settable('secret', secretItems(PLATFORM), secret);
    expect('problem' in found && found.problem).toContain(sentence);
  });

  it('makes of a plain value for a generated secret the object that its readers expect', async () => {
    const store = new FakeStore(['session-key']);
    const { sentences } = await set(store, 'session-key');
    expect(store.puts[0]?.text).toBe(JSON.stringify({ value: VALUE }));
    expect(sentences).toContain('The next rotation writes a random value over it.');
  });

  it('never says the value, whatever becomes of it', async () => {
    const texts = fc.string({ minLength: 9, maxLength: 40 }).map((text) => `@@${text}@@`);
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), fc.boolean(), async (text, late, dryRun) => {
        const store = new FakeStore(['pager-key']);
        store.looksUntilCopied = late ? 1000 : 0;
        const told: string[] = [];
        const request = { item: itemOf('pager-key'), text, version: 'v2' };
        const ended = await setItem(PLATFORM, request, store, manner({ dryRun }), (one) => told.push(one));
        expect([...told, ...ended.sentences].join('\n')).not.toContain(text);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a value that a person hands over', () => {
  it.each([
    ['one line with its end', 'token\n', 'token'],
    ['a line from Windows', 'token\r\n', 'token'],
    ['a key of several lines, as it is', '-----BEGIN\nabc\n-----END\n', '-----BEGIN\nabc\n-----END\n'],
  ])('is %s', (_, given, wanted) => {
    expect(readValue(Buffer.from(given))).toEqual({ text: wanted });
  });

  it.each([
    ['no text', Buffer.from([0xff, 0xfe, 0x41]), 'no UTF-8 text'],
    ['text with a mark before it', Buffer.from('\uFEFFtoken'), 'byte order mark'],
    ['text with a NUL', Buffer.from('a\0b'), 'NUL'],
    ['longer than AWS takes', Buffer.alloc(SECRET_BYTES_MAX + 1, 65), '65537 bytes'],
  ])('is refused if it is %s', (_, bytes, why) => {
    const read = readValue(bytes);
    expect('problem' in read && read.problem).toContain(why);
  });

  it.each([
    '',
    ' ',
    'changeme',
    'CHANGE_ME',
    'TODO',
    '<your key>',
    '{TOKEN}',
    'xxxx',
    'your-api-key',
    'placeholder',
  ])('is no placeholder such as %j', (text) => {
    expect(misfit(text, [])).toMatch(/^is (empty|a placeholder)$/);
  });

  it('has the fields that its readers take', () => {
    const twice = platform(['SESSION_KEY: session-key.value', 'SESSION_KEY: pager-key.token']);
    expect(expectedFields(twice, 'pager-key')).toEqual(['token']);
    expect(misfit('plain', ['token'])).toBe('is not a JSON object with token, which its readers ask for');
    expect(misfit('{"tokn":"a"}', ['token'])).toContain('has no token');
    expect(misfit('{"token":null}', ['token'])).toBe('has nothing, or no plain value, in token');
    expect(misfit('{"token":"changeme"}', ['token'])).toBe('has a placeholder in token');
    expect(misfit('{"token":"abc"}', ['token'])).toBeUndefined();
  });
});

describe('the survey of secrets', () => {
  const ALL = [
    ...['database-owner', 'database', 'database-agent', 'database-archive', 'database-monitor'],
    ...['session-key', 'pager-key'],
  ];
  const good = (): FakeStore => {
    const store = new FakeStore(ALL);
    for (const region of [HOME, STANDBY]) {
      store.at(region, 'database').text = '{"username":"a","password":"b"}';
      store.at(region, 'session-key').text = '{"value":"abc"}';
    }
    return store;
  };
  const surveyed = (store: SecretStore) => survey(PLATFORM, secretItems(PLATFORM), store, NOW_MS);
  const of = async (store: SecretStore, secret = 'pager-key') =>
    (await surveyed(store)).find(({ name }) => name === secret);

  it('is content with secrets that are set and the same in both regions', async () => {
    const reports = await surveyed(good());
    expect(reports.map(({ name }) => name)).toEqual([...ALL].sort());
    expect(verdictOf('secret', reports)).toBe(
      '7 secrets: nothing is to be done; both regions have the same.',
    );
  });

  it('tells who reads a secret, how long and how old it is, and when it changes', async () => {
    expect(await of(good(), 'session-key')).toMatchObject({
      keeper: 'AWS, rotated',
      uses: ['services.web.secrets.SESSION_KEY'],
      length: 15,
      ageDays: 3,
      rotatesInDays: 5,
    });
    expect((await of(good()))?.uses).toEqual(['alerts.receivers.pager.pagerDuty']);
  });

  it.each<[string, (store: FakeStore) => void, string]>([
    ['missing', (store) => store.regions[HOME]?.delete('demo/pager-key'), 'It does not exist in us-east-1'],
    [
      'never set',
      (store) => Object.assign(store.at(HOME, 'pager-key'), { text: undefined, version: undefined }),
      'It was never set: npx holdfast secrets set pager-key',
    ],
    [
      'a placeholder',
      (store) => Object.assign(store.at(HOME, 'pager-key'), { text: 'changeme' }),
      'a placeholder',
    ],
    ['not replicated', (store) => store.regions[STANDBY]?.delete('demo/pager-key'), 'no copy in us-west-2'],
    [
      'another version there',
      (store) => Object.assign(store.at(STANDBY, 'pager-key'), { version: 'v0' }),
      'another version',
    ],
    [
      'a copy that failed',
      (store) => Object.assign(store, { copyStatus: 'Failed' }),
      'is Failed, not InSync',
    ],
  ])('finds a secret that is %s', async (_, spoil, sentence) => {
    const store = good();
    spoil(store);
    const found = await of(store);
    expect(found?.state).toBe('todo');
    expect(found?.sentence).toContain(sentence);
  });

  it('finds a secret of which fields are read and which is no JSON', async () => {
    const store = good();
    store.at(HOME, 'session-key').text = VALUE;
    expect((await of(store, 'session-key'))?.sentence).toContain('is not a JSON object with value');
  });

  it('tells all but the value to who may not read values, as unknown', async () => {
    const store = good();
    store.mayRead = false;
    expect(await of(store)).toMatchObject({ state: 'unknown', length: null, rotatesInDays: null });
    expect((await of(store))?.sentence).toContain('docs/iam-secrets-policy.json');
  });

  it('makes one line of a region that does not answer', async () => {
    const store = good();
    store.state = async (region) => {
      throw new CallFailed('secretsmanager:DescribeSecret', region, named('TimeoutError'));
    };
    expect(await of(store)).toMatchObject({ state: 'unknown', length: null });
  });

  it('prints no value, in no form', async () => {
    const store = good();
    store.at(HOME, 'session-key').text = VALUE;
    const reports = await surveyed(store);
    const style = { columns: undefined, colors: false };
    const printed = [
      renderList('demo', 'secret', reports, style),
      renderCheck('demo', 'secret', reports, style),
      JSON.stringify(reports),
    ];
    expect(printed.join('\n')).not.toContain(VALUE);
    expect(printed[0]).toContain('web:SESSION_KEY');
  });
});

describe('a configuration file', () => {
  const [item] = fileItems(PLATFORM);

  it('is kept to the letter, whatever its last line ends in', async () => {
    if (!item) throw new Error('the fixture has a file');
    const read = readText(Buffer.from('a: 1\n'));
    if ('problem' in read) throw new Error(read.problem);
    const store = new FakeStore(['files/settings'], undefined);
    const request = { item, text: read.text, version: 'v2' };
    const { sentences } = await setItem(PLATFORM, request, store, manner(), () => undefined);
    expect(store.puts[0]?.text).toBe('a: 1\n');
    expect(sentences[1]).toContain('Running tasks keep what they have, new ones read this: deploy web anew');
  });

  it.each([
    ['/etc/a.yaml', 'a: [1', /^is no YAML \(.*line 1/],
    ['/etc/a.yml', 'a: 1\n---\nb: 2\n', undefined],
    ['/etc/a.json', '{"a": 1,}', /^is no JSON$/],
    ['/etc/a.json', '{"a": 1}', undefined],
    ['/etc/a.conf', '{{{', undefined],
    ['/etc/a.conf', '', /^is empty$/],
  ])('at %s that says %j is looked into', (path, text, wanted) => {
    const found = misfitOfFile(path, text);
    if (wanted === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(wanted);
  });

  it('that is no YAML is not quoted', () => {
    expect(misfitOfFile('/etc/a.yaml', `a: "${VALUE}`)).not.toContain(VALUE);
  });

  it('that differs between the regions is found', async () => {
    const store = new FakeStore(['files/settings'], 'a: 1');
    store.at(STANDBY, 'files/settings').version = 'v0';
    const [report] = await survey(PLATFORM, fileItems(PLATFORM), store, NOW_MS);
    expect(report).toMatchObject({ state: 'todo', uses: ['web:/etc/app/settings.yaml'] });
  });
});

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
