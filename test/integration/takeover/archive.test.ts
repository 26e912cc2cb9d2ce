import { describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { PUBLICATION, SLOT } from '../../../lambda/archive/contract';
import { decode } from '../../../lambda/archive/pgoutput/decode';
import { until } from '../support/places';
import { itNeverHasTwoWriters, movedAway, useStory } from '../support/story';

/** The log of the new writer is archived from its first commit, or the person on call is told that it is not. */

/** @returns the ids of writes that come through the slot of the archive */
async function archivedIds(owner: Client): Promise<readonly number[]> {
  const { rows } = await owner.query<{ readonly data: Buffer }>(
    `SELECT data FROM pg_logical_slot_peek_binary_changes($1, NULL, NULL,
       'proto_version', '1', 'publication_names', $2, 'messages', 'true')`,
    [SLOT, PUBLICATION],
  );
  const written = new Set<number>();
  const ids: number[] = [];
  for (const message of rows.map(({ data }) => decode(data))) {
    if (message.kind === 'relation' && message.name === 'written') written.add(message.id);
    else if (message.kind === 'insert' && written.has(message.relation)) ids.push(Number(message.row[0]));
  }
  return ids;
}

describe('a takeover of a platform with an archive', () => {
  let archived: readonly number[] = [];
  let complete: unknown;
  let port = 0;
  const story = useStory(
    'home is killed, with an archive',
    async (scene) => {
      const { home, standby, clients, begins } = scene;
      begins();
      await home.agents.kill();
      await home.server.server.halt('immediate');
      await movedAway(scene);
      await clients.stop();
      port = standby.server.server.port;
      const owner = await standby.server.as();
      archived = await archivedIds(owner);
      complete = (await owner.query('SELECT timeline, complete FROM holdfast.archive_slot')).rows;
      await owner.end();
      expect(standby.agents.pages.join(' ')).not.toContain('no slot');
    },
    { archive: true },
  );
  itNeverHasTwoWriters(story, 1);

  it('misses no commit of the new writer in its archive', () => {
    const written = story().rows.standby.filter((row) => row.port === port);
    expect(written.length).toBeGreaterThan(100);
    expect([...archived].sort((a, b) => a - b)).toEqual(written.map(({ id }) => id).sort((a, b) => a - b));
    expect(complete).toEqual([{ timeline: 2, complete: true }]);
  });
});

describe('a takeover with a prepared transaction that was inherited', () => {
  let missing: unknown;
  let pages = '';
  const story = useStory(
    'home is killed, with an archive and a prepared transaction',
    async (scene) => {
      const { home, standby, begins } = scene;
      const owner = await home.server.as();
      await owner.query('CREATE TABLE held (x int PRIMARY KEY)');
      await owner.query("BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'inherited'");
      await owner.end();
      const replica = await standby.server.as();
      await until('it has arrived', async () => {
        const { rows } = await replica.query("SELECT to_regclass('held') IS NOT NULL AS there");
        return rows[0]?.there === true;
      });
      await replica.end();
      begins();
      await home.agents.kill();
      await home.server.server.halt('immediate');
      await movedAway(scene);
      missing = (await standby.server.agent.observe()).archiveMissing;
      pages = standby.agents.pages.join(' ');
    },
    { archive: true },
  );
  itNeverHasTwoWriters(story, 1);

  it('opens all the same, and says that the archive has no slot', () => {
    expect(missing).toBe(true);
    expect(pages).toContain('Its archive has no slot yet');
    expect(story().writableAfterSeconds).toBeDefined();
  });
});
