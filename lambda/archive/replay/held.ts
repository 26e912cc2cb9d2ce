import type { Session } from '../../runtime/postgres/session';
import type { Insert } from '../pgoutput/message';
import { TableDiffers } from './errors';
import type { Origin } from './input';
import type { Relations } from './relations';
import { nameAt, names } from './rows/assigned';
import type { Binding } from './rows/binding';
import { arrayText, Parameters } from './rows/parameters';
import type { Suspension } from './suspension';

/**
 * Rows of a table that is not there yet: CREATE TABLE AS and SELECT INTO are told when they end, after their rows. The
 * rows wait in the database, so that their number does not matter, and go into the table once it is there.
 */
export class HeldRows {
  readonly #relations = new Set<number>();
  readonly #rows: Insert[] = [];
  #bytes = 0;

  constructor(
    private readonly session: Session,
    private readonly relations: Relations,
    private readonly suspension: Suspension,
  ) {}

  /** @returns whether rows of the relation are waiting */
  holds(relation: number): boolean {
    return this.#relations.has(relation);
  }

  async hold(insert: Insert, bytes: number): Promise<void> {
    this.#relations.add(insert.relation);
    this.#rows.push(insert);
    this.#bytes += bytes;
    if (this.#rows.length >= ROWS_MAX || this.#bytes >= BYTES_MAX) await this.#store();
  }

  /** Puts the rows into those tables that are there by now. */
  async release(transaction: Origin): Promise<void> {
    if (this.#relations.size === 0) return;
    await this.#store();
    for (const relation of this.#relations) {
      const binding = await this.relations.look(relation, transaction);
      if (!binding) continue;
      await this.suspension.suspend(binding.table.name);
      await this.session.query(moveInto(binding), [relation]);
      await this.session.query('DELETE FROM pg_temp.holdfast_held WHERE relation = $1', [relation]);
      this.#relations.delete(relation);
    }
  }

  /**
   * The transaction is at its end.
   * @throws {TableDiffers} if a table has not come
   */
  end(transaction: Origin): void {
    const [relation] = this.#relations;
    if (relation === undefined) return;
    const { schema, name } = this.relations.relation(relation, transaction);
    throw new TableDiffers(transaction, `${schema}.${name}`, 'the database has no such table');
  }

  async #store(): Promise<void> {
    const rows = this.#rows.splice(0);
    this.#bytes = 0;
    if (rows.length === 0) return;
    await this.suspension.suspendEvents();
    await this.session.query(TABLE);
    const parameters = new Parameters();
    const text = { name: 'row', type: 'text[]', delimiter: undefined, isFixed: false };
    const relation = { name: 'relation', type: 'bigint', delimiter: ',', isFixed: false };
    const relations = parameters.unnest(
      relation,
      rows.map((row) => String(row.relation)),
    );
    const values = parameters.unnest(
      text,
      rows.map(({ row }) => arrayText(row, ',')),
    );
    await this.session.query(
      `INSERT INTO pg_temp.holdfast_held (relation, row) SELECT ${relations}, ${values}`,
      parameters.values,
    );
  }
}

const ROWS_MAX = 10_000;
const BYTES_MAX = 4 * 1024 * 1024;

const TABLE = `CREATE TEMP TABLE IF NOT EXISTS holdfast_held (
  place bigint GENERATED ALWAYS AS IDENTITY, relation bigint NOT NULL, row text[] NOT NULL) ON COMMIT DROP`;

function moveInto(binding: Binding): string {
  const { table, columns } = binding;
  const values = columns.map(
    ({ type }, place) => `(h.row)[${place + 1}]::${type} AS ${nameAt(binding, place)}`,
  );
  return `INSERT INTO ${table.name} (${names(binding, columns.keys())}) OVERRIDING SYSTEM VALUE
    SELECT ${values.join(', ')} FROM pg_temp.holdfast_held AS h WHERE h.relation = $1 ORDER BY h.place`;
}
