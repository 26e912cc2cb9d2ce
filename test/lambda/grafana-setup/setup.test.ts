import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { apply } from '../../../lambda/grafana-setup/apply';
import { sourceUid } from '../../../lambda/grafana-setup/contract';
import { parseSettings } from '../../../lambda/grafana-setup/settings';
import { applyAgain, setup } from '../../../lambda/grafana-setup/setup';
import { type GrafanaServer, startGrafana } from './support/grafana-server';
import { ADDRESS, dashboard, properties, quickHost, TestWorld } from './support/world';

let grafana: GrafanaServer;
let world: TestWorld;
beforeEach(async () => {
  grafana = await startGrafana();
  world = new TestWorld(grafana);
});
afterEach(() => grafana.stop());

const settings = parseSettings({ ...properties() });
const create = (host = quickHost()) => setup(world).create(settings, host);
const again = (host = quickHost()) => applyAgain(settings, world, host, 'us-west-2');
const saves = () => grafana.asked.filter(({ path }) => path === '/api/dashboards/db');
/** Faults for the first requests to a path, as many as there are. */
const first = (path: string, ...faults: { status: number; body?: string }[]) => {
  const left = [...faults];
  grafana.fault = (asked) => (asked.path === path ? left.shift() : undefined);
};

describe('a Grafana that is new', () => {
  it('gets folder, data sources of both regions and dashboards', async () => {
    await expect(create()).resolves.toEqual({ sentence: 'Grafana shows 2 dashboards of 2 regions.' });
    expect(grafana.folders.get('holdfast-shop')).toMatchObject({ title: 'shop' });
    expect([...grafana.dashboards.keys()]).toEqual(['a', 'b']);
    expect([...grafana.dashboards.values()].every(({ folderUid }) => folderUid === 'holdfast-shop')).toBe(
      true,
    );
  });

  it('signs its questions by the role of the workspace, for the region of each data source', async () => {
    await create();
    const home = grafana.sources.get(sourceUid('holdfast-shop', 'home'));
    expect(home).toMatchObject({
      name: 'shop: home (us-east-1)',
      type: 'grafana-amazonprometheus-datasource',
      url: 'https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-a',
      isDefault: false,
      jsonData: { sigV4Auth: true, sigV4AuthType: 'ec2_iam_role', sigV4Region: 'us-east-1' },
    });
    expect(grafana.sources.get(sourceUid('holdfast-shop', 'standby'))).toMatchObject({ isDefault: true });
  });

  it('is the same after a second run', async () => {
    await create();
    const before = [...grafana.sources.keys(), ...grafana.folders.keys(), ...grafana.dashboards.keys()];
    await create();
    expect([...grafana.sources.keys(), ...grafana.folders.keys(), ...grafana.dashboards.keys()]).toEqual(
      before,
    );
    expect(grafana.folders.get('holdfast-shop')).toMatchObject({ version: 1 });
  });

  it('no longer takes the token once the run is over', async () => {
    await create();
    expect(world.issued).toEqual([{ key: 'token-0', deleted: true, seconds: 900 }]);
  });
});

describe('what people have done in Grafana', () => {
  it('is undone where it is ours: a title, a data source, a dashboard', async () => {
    await create();
    grafana.folders.set('holdfast-shop', { uid: 'holdfast-shop', title: 'mine', version: 7 });
    const source = sourceUid('holdfast-shop', 'home');
    grafana.sources.set(source, { ...grafana.sources.get(source), url: 'https://elsewhere', version: 9 });
    grafana.dashboards.set('a', {
      dashboard: dashboard('a', 'changed'),
      folderUid: 'holdfast-shop',
      version: 5,
    });
    await create();
    expect(grafana.folders.get('holdfast-shop')).toMatchObject({ title: 'shop' });
    expect(grafana.sources.get(source)).toMatchObject({ url: expect.stringContaining('ws-a') });
    expect(grafana.dashboards.get('a')?.dashboard.title).toBe('a');
  });

  it('stays where it is theirs, and ours that are no longer made go', async () => {
    await create();
    const theirs = { ...dashboard('theirs'), tags: [] };
    grafana.dashboards.set('theirs', { dashboard: theirs, folderUid: 'holdfast-shop', version: 1 });
    grafana.dashboards.set('other', {
      dashboard: dashboard('other'),
      folderUid: 'holdfast-other',
      version: 1,
    });
    world.kept.set('assets/one.json', JSON.stringify({ dashboards: [dashboard('a')] }));
    await expect(create()).resolves.toEqual({
      sentence: 'Grafana shows 1 dashboard of 2 regions, and no longer shows b.',
    });
    expect([...grafana.dashboards.keys()].sort()).toEqual(['a', 'other', 'theirs']);
  });

  it('is named where it is in the way: a data source with the name of ours', async () => {
    grafana.sources.set('x', { uid: 'x', name: 'shop: home (us-east-1)' });
    await expect(apply(settings, world, quickHost())).rejects.toThrow(
      'Grafana has a data source "shop: home (us-east-1)" that Holdfast did not make.',
    );
  });

  it('is named where it is in the way: a folder with the title of ours', async () => {
    grafana.folders.set('x', { uid: 'x', title: 'shop' });
    await expect(apply(settings, world, quickHost())).rejects.toThrow(
      'Grafana has a folder "shop" that Holdfast did not make.',
    );
  });
});

describe('a Grafana that does not answer at once', () => {
  it.each([500, 502, 503, 429])('is asked again after %i', async (status) => {
    first('/api/dashboards/db', { status, body: '<html>busy</html>' }, { status });
    await expect(create()).resolves.toEqual({ sentence: 'Grafana shows 2 dashboards of 2 regions.' });
    expect(saves()).toHaveLength(4);
  });

  it('is asked again after ten seconds without an answer', async () => {
    let left = 1;
    grafana.fault = ({ path }) => (path === '/api/search' && left-- > 0 ? 'silence' : undefined);
    await expect(create()).resolves.toEqual({ sentence: 'Grafana shows 2 dashboards of 2 regions.' });
  });

  it('may take a while to know a token', async () => {
    first('/api/folders/holdfast-shop', { status: 401 }, { status: 401 });
    await expect(create()).resolves.toEqual({ sentence: 'Grafana shows 2 dashboards of 2 regions.' });
  });

  it('and refuses a token for more than a minute has refused it for good', async () => {
    grafana.fault = () => ({ status: 401, body: '{"message":"Invalid API key"}' });
    await expect(apply(settings, world, quickHost())).rejects.toThrow(
      'Grafana answered GET /api/folders/holdfast-shop with 401: Invalid API key',
    );
  });

  it('is waited for no longer than there is time, and loses the token', async () => {
    grafana.fault = () => ({ status: 503, body: 'starting' });
    await expect(apply(settings, world, quickHost(45))).rejects.toThrow(
      /no useful answer for \d+ s.*503 starting/,
    );
    expect(world.issued.map(({ deleted }) => deleted)).toEqual([true]);
  });
});

describe('a Grafana that refuses', () => {
  const saved = { status: 412, body: '{"status":"version-mismatch","message":"changed by someone else"}' };

  it('a dashboard that somebody saves at the same moment gets it again', async () => {
    first('/api/dashboards/db', saved);
    await expect(create()).resolves.toEqual({ sentence: 'Grafana shows 2 dashboards of 2 regions.' });
  });

  it('a dashboard for ever is told with its title', async () => {
    first('/api/dashboards/db', saved, saved, saved);
    await expect(apply(settings, world, quickHost())).rejects.toThrow(
      'Grafana did not let the dashboard "a" be replaced, 3 times: changed by someone else',
    );
  });

  it('does not fail a deployment, which says what Grafana says', async () => {
    first('/api/dashboards/db', { status: 400, body: '{"message":"title cannot be empty"}' });
    const host = quickHost();
    await expect(create(host)).resolves.toEqual({
      sentence:
        'Grafana does not show all dashboards yet; it is tried again. Grafana answered POST /api/dashboards/db with 400: title cannot be empty',
    });
    expect(host.events).toContainEqual({
      event: 'grafana-not-applied',
      error: 'Grafana answered POST /api/dashboards/db with 400: title cannot be empty',
    });
    expect(world.applied).toBeUndefined();
    expect(world.issued.map(({ deleted }) => deleted)).toEqual([true]);
  });

  it('fails the schedule until it does not, and is left alone from then on', async () => {
    grafana.fault = ({ path }) => (path === '/api/dashboards/db' ? { status: 400, body: 'no' } : undefined);
    await create();
    await expect(again()).rejects.toThrow('with 400: no');
    grafana.fault = () => undefined;
    await expect(again()).resolves.toBe('Grafana shows 2 dashboards of 2 regions.');
    const before = grafana.asked.length;
    await expect(again()).resolves.toBe('Grafana shows what it shall.');
    expect(grafana.asked).toHaveLength(before);
    expect(world.issued).toHaveLength(3);
  });

  it('is filled by the schedule with what was deployed since', async () => {
    await create();
    const changed = parseSettings({ ...properties({ Revision: 'code-2' }) });
    await expect(applyAgain(changed, world, quickHost(), 'us-west-2')).resolves.toContain('Grafana shows 2');
    expect(world.applied).toContain('code-2');
  });

  it('to forget a token does not undo what was done', async () => {
    world.canDeleteTokens = false;
    const host = quickHost();
    await expect(create(host)).resolves.toEqual({ sentence: 'Grafana shows 2 dashboards of 2 regions.' });
    expect(host.events).toEqual([{ event: 'grafana-token-left', error: 'throttled' }]);
  });
});

describe("Amazon's data source", () => {
  const PLUGIN = 'grafana-amazonprometheus-datasource';
  const types = () => [...new Set([...grafana.sources.values()].map(({ type }) => type))];

  it('is installed where it is missing', async () => {
    grafana.plugins.clear();
    grafana.catalogue.add(PLUGIN);
    await create();
    expect([...grafana.plugins]).toEqual([PLUGIN]);
    expect(types()).toEqual([PLUGIN]);
  });

  it("is Grafana's own where it cannot be had", async () => {
    grafana.plugins.clear();
    await create();
    expect(types()).toEqual(['prometheus']);
  });
});

describe('a region that cannot be connected', () => {
  it('does not keep the other one from being shown, and is said', async () => {
    world.stored.delete(`us-east-1 ${ADDRESS}`);
    await expect(apply(settings, world, quickHost())).rejects.toThrow(
      `us-east-1 has no parameter ${ADDRESS}`,
    );
    expect([...grafana.sources.keys()]).toEqual(['holdfast-shop-standby']);
    expect(grafana.dashboards.size).toBe(2);
  });

  it('keeps the data source that it had', async () => {
    await create();
    world.unreachable.add('us-east-1');
    await expect(apply(settings, world, quickHost())).rejects.toThrow('us-east-1 could not be asked');
    expect(grafana.sources.size).toBe(2);
  });
});

describe('the custom resource', () => {
  it('applies anew what has changed', async () => {
    await create();
    const [before] = [world.applied];
    const changed = parseSettings({ ...properties({ Revision: 'code-2' }) });
    await setup(world).update(changed, quickHost());
    expect(world.applied).not.toBe(before);
  });

  it('forgets what it has applied when it is deleted', async () => {
    await create();
    await setup(world).delete(settings, quickHost());
    expect(world.applied).toBeUndefined();
  });

  it.each(['WorkspaceId', 'Endpoint', 'Key', 'Sources', 'Revision'])('refuses to be without %s', (name) => {
    expect(() => parseSettings({ ...properties(), [name]: undefined })).toThrow(
      `The property ${name} must be`,
    );
  });

  it('says what is wrong with a file of dashboards', async () => {
    world.kept.set('assets/one.json', '{"dashboards":[{"title":"no uid"}]}');
    await expect(create()).resolves.toEqual({ sentence: expect.stringContaining('each with uid and title') });
    expect(world.issued).toEqual([]);
  });
});
