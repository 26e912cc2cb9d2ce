import type { Client } from 'pg';
import type { Instance } from '../databases/instance';
import type { Side } from './model';
import { asOwner, databaseOf, within } from './table';
import type { World } from './world';

/** A table that stands beside the one of the load, for what may happen to a table. It belongs to the owner. */
export const NOTES = 'drill_notes';
const ADD = `INSERT INTO ${NOTES} DEFAULT VALUES RETURNING id`;

export class Notes {
  constructor(
    private readonly world: World,
    private readonly side: Side,
  ) {}

  async create(): Promise<void> {
    await this.asOwner((session) =>
      session.query(`CREATE TABLE ${NOTES} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)`),
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
    await this.asOwner((session) => session.query(`DROP TABLE ${NOTES}`));
  }

  /**
   * Takes the rows of a copied table back, as the owner does who has compared them, and drops the copy.
   * @param schema of the copy, as `holdfast restore --tables` made it
   */
  async takeBack(schema: string): Promise<void> {
    await this.create();
    await this.asOwner(async (session) => {
      await session.query(
        `INSERT INTO ${NOTES} OVERRIDING SYSTEM VALUE SELECT * FROM ${schema}.public_${NOTES}`,
      );
      await session.query(`DROP SCHEMA ${schema} CASCADE`);
    });
  }

  /** @returns identifiers of the rows that the database of the region has */
  rows(): Promise<ReadonlySet<string>> {
    return this.rowsIn(databaseOf(this.world, this.side));
  }

  /** @returns identifiers of the rows that a copy of the database has */
  async rowsIn(copy: Instance): Promise<ReadonlySet<string>> {
    return within(this.world, copy, async (session) => {
      const { rows } = await session.query<{ id: string }>(`SELECT id FROM ${NOTES}`);
      return new Set(rows.map(({ id }) => id));
    });
  }

  private asOwner<T>(work: (session: Client) => Promise<T>): Promise<T> {
    return asOwner(this.world, this.side, work);
  }
}
