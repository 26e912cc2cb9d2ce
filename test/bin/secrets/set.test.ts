import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Manner } from '../../../bin/recover/telling';
import { fileItems, secretItems, settable } from '../../../bin/secrets/items';
import { setItem } from '../../../bin/secrets/set';
import {
  misfitOfSecret as misfit,
  misfitOfFile,
  readText,
  readSecret as readValue,
  SECRET_BYTES_MAX,
} from '../../../bin/secrets/value';
import { expectedFields } from '../../../lib/security/secret-uses';
import { HOME, STANDBY } from '../operate/records';
import { platform } from '../support/ports';
import { FakeStore, manner, PLATFORM, VALUE } from './fakes';

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
});
