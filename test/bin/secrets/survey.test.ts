import { describe, expect, it } from '@jest/globals';
import { CallFailed } from '../../../bin/checks/failures';
import { fileItems, secretItems } from '../../../bin/secrets/items';
import type { SecretStore } from '../../../bin/secrets/ports';
import { renderCheck, renderList, verdictOf } from '../../../bin/secrets/render';
import { survey } from '../../../bin/secrets/survey';
import { HOME, STANDBY } from '../operate/records';
import { FakeStore, NOW_MS, named, PLATFORM, VALUE } from './fakes';

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
  it('that differs between the regions is found', async () => {
    const store = new FakeStore(['files/settings'], 'a: 1');
    store.at(STANDBY, 'files/settings').version = 'v0';
    const [report] = await survey(PLATFORM, fileItems(PLATFORM), store, NOW_MS);
    expect(report).toMatchObject({ state: 'todo', uses: ['web:/etc/app/settings.yaml'] });
  });
});
