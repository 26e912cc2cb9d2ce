import type { Client } from 'pg';
import type { Instance } from '../databases/instance';
import type { Side } from './model';
import { withDatabase, within } from './table';
import type { World } from './world';

/** A table that stands beside the one of the load, for what may happen to a table. It belongs to the owner. */
const NAME = 'drill_notes';
const ADD = `INSERT INTO ${NAME} DEFAULT VALUES RETURNING id`;

export class Notes {
  constructor(
    private readonly world: World,
    private readonly side: Side,
  ) {}

  async create(): Promise<void> {
    await this.asOwner((session) =>
      session.query(`CREATE TABLE ${NAME} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)`),
    );
  }

  /** @returns identifiers of the rows that were acknowledged */
  async add(count: number): Promise<readonly string[]> {
    return this.asOwner(async (session) => {
      const added: string[] = [];
      while (added.length < count) {
        const { rows } = await session.query<{ id: string }>(ADD);
        added.push(...rows.map(({ id }) => id));
      }
      return added;
    });
  }

  async drop(): Promise<void> {
    await this.asOwner((session) => session.query(`DROP TABLE ${NAME}`));
  }

  /** @returns identifiers of the rows that a copy of the database has */
  async rowsIn(copy: Instance): Promise<ReadonlySet<string>> {
    return within(this.world, copy, async (session) => {
      const { rows } = await session.query<{ id: string }>(`SELECT id FROM ${NAME}`);
      return new Set(rows.map(({ id }) => id));
    });
  }

  private asOwner<T>(work: (session: Client) => Promise<T>): Promise<T> {
    return withDatabase(this.world, this.side, async (session) => {
      const { rows } = await session.query<{ owner: string }>(
        "SELECT quote_ident(pg_get_userbyid(nspowner)) AS owner FROM pg_namespace WHERE nspname = 'holdfast'",
      );
      await session.query(`SET SESSION AUTHORIZATION ${rows[0]?.owner ?? 'CURRENT_USER'}`);
      return work(session);
    });
  }
}
