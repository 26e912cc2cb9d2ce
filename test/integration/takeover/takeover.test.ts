import { describe, expect, it } from '@jest/globals';
import { HOME, until } from '../support/places';
import { itNeverHasTwoWriters, movedAway, useStory } from '../support/story';

/**
 * The whole takeover on two real PostgreSQL servers, of which one replicates the other: the real agents of both regions in
 * overlapping runs, the real leadership library, the real fence, and 100 clients that write through pools all the time.
 * Played are RDS (it promotes the server), the three regions of the table, and the services.
 */
const SECOND = 1_000;

describe('home is killed while the replica is behind', () => {
  let returned = 0;
  const story = useStory('home is killed', async (scene) => {
    const { home, standby, clients, begins } = scene;
    const replica = await standby.server.as();
    await replica.query("ALTER SYSTEM SET primary_conninfo = ''");
    await replica.query('SELECT pg_reload_conf()');
    await replica.end();
    const cut = Date.now();
    await until('writes that never leave', () => clients.writesAt(home.server, cut + SECOND) > 100);
    begins();
    await home.agents.kill();
    await home.server.server.halt('immediate');
    await movedAway(scene);
    returned = Date.now();
    await home.server.server.start();
    home.agents.start();
    await until('home is closed', async () => (await home.server.agent.observe()).lease.closed);
    await scene.writesTo(standby);
  });
  itNeverHasTwoWriters(story, 1);

  it('loses what was acknowledged beyond the position that the replica had received, and nothing else', () => {
    const { lost, unexplained } = story().account;
    expect(lost.length).toBeGreaterThan(0);
    expect(unexplained).toBe(0);
  });

  it('finds every lost write in home when that is back, whose server takes no new one', () => {
    const { rows, account } = story();
    const kept = new Set(rows.home.map(({ id }) => id));
    expect(account.lost.filter((id) => !kept.has(id))).toEqual([]);
    expect(rows.home.filter(({ committedMs }) => committedMs >= returned)).toEqual([]);
  });
});

describe('home is cut off from the table, and from nobody else', () => {
  const story = useStory('home is cut off from the table', async (scene) => {
    scene.begins();
    scene.table.cutOff(HOME);
    await movedAway(scene);
  });
  itNeverHasTwoWriters(story, 1);

  it('loses nothing: home stops by itself, and the standby has long received all of it', () => {
    expect(story().account.lost).toEqual([]);
  });
});

describe("only home's agents die", () => {
  const story = useStory("only home's agents die", async (scene) => {
    scene.begins();
    await scene.home.agents.kill();
    await movedAway(scene);
  });
  itNeverHasTwoWriters(story, 1);

  it('loses nothing', () => {
    expect(story().account.lost).toEqual([]);
  });
});
