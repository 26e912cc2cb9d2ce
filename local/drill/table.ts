import type { Client } from 'pg';
import type { Instance } from '../databases/instance';
import { JOBS_TABLE, TABLE } from '../tasks/sample-contract';
import type { Side } from './model';
import type { World } from './world';

/** The tables that the sample applications write to. */

/** Makes them, as the owner's migration would, and lets the application use them. */
export async function makeTable(world: World, side: Side): Promise<void> {
  await withDatabase(world, side, async (session) => {
    await session.query("SET holdfast.setup = 'on'");
    // One after the other: the archive takes down each statement by itself.
    await session.query(TABLE);
    await session.query(JOBS_TABLE);
    await session.query('GRANT SELECT, INSERT ON drill_writes, drill_jobs TO PUBLIC');
  });
}

/** @returns identifiers of the writes that a database has */
export async function rowsOf(world: World, side: Side): Promise<ReadonlySet<string>> {
  return withDatabase(world, side, async (session) => {
    const { rows } = await session.query<{ id: string }>('SELECT id FROM drill_writes');
    return new Set(rows.map(({ id }) => id));
  });
}

export function databaseOf(world: World, side: Side): Instance {
  const region = world.region(side);
  const found = world.aws.databases
    .list()
    .find((one) => one.region === region && one.host.startsWith(`${world.platform.name}-db.`));
  if (!found) throw new Error(`There is no database in ${region}.`);
  return found;
}

/** Works in the platform's database of a region, as the service's own user. */
export function withDatabase<T>(world: World, side: Side, work: (session: Client) => Promise<T>): Promise<T> {
  return within(world, databaseOf(world, side), work);
}

/** Works in the platform's database of a region as its owner does: the migrations, and whoever mends by hand. */
export function asOwner<T>(world: World, side: Side, work: (session: Client) => Promise<T>): Promise<T> {
  return withDatabase(world, side, async (session) => {
    const { rows } = await session.query<{ owner: string }>(
      "SELECT quote_ident(pg_get_userbyid(nspowner)) AS owner FROM pg_namespace WHERE nspname = 'holdfast'",
    );
    await session.query(`SET SESSION AUTHORIZATION ${rows[0]?.owner ?? 'CURRENT_USER'}`);
    return work(session);
  });
}

/** Works in an instance that has the platform's database: its own one, or a copy. */
export async function within<T>(
  world: World,
  { server }: Instance,
  work: (session: Client) => Promise<T>,
): Promise<T> {
  const { database, name } = world.platform;
  if (database?.kind !== 'managed') throw new Error(`${name} has no managed database.`);
  const session = await server.connect({ ...server.superuser, database: database.name });
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}
