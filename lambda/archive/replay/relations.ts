import type { Session } from '../../runtime/postgres/session';
import type { Relation } from '../pgoutput/message';
import { TableDiffers } from './errors';
import type { Origin } from './input';
import { isOwnSchema } from './own';
import { type Binding, bind } from './rows/binding';
import { readTable } from './rows/table';

/**
 * The relations of a chain, as they were described last, and the tables that they are here. Tables are looked up when
 * they are first needed, and anew after every command of the data definition.
 */
export class Relations {
  readonly #described = new Map<number, { readonly bytes: Buffer; readonly relation: Relation }>();
  readonly #bindings = new Map<number, Binding>();

  constructor(private readonly session: Session) {}

  /** @returns whether the message says what is known already: every segment repeats it */
  isKnown(id: number, bytes: Uint8Array): boolean {
    return this.#described.get(id)?.bytes.equals(bytes) === true;
  }

  describe(relation: Relation, bytes: Uint8Array): void {
    this.#described.set(relation.id, { bytes: Buffer.from(bytes), relation });
    this.#bindings.delete(relation.id);
  }

  /** Tables may be others than they were. */
  forgetTables(): void {
    this.#bindings.clear();
  }

  /** Another chain: its numbers are those of another server. */
  forget(): void {
    this.#described.clear();
    this.#bindings.clear();
  }

  /** The binding as it was looked up last; undefined if it has to be looked up. */
  bound(id: number): Binding | undefined {
    return this.#bindings.get(id);
  }

  relation(id: number, transaction: Origin): Relation {
    const known = this.#described.get(id)?.relation;
    if (!known) throw new TableDiffers(transaction, `relation ${id}`, 'nothing describes it');
    return known;
  }

  isOwn(id: number, transaction: Origin): boolean {
    return isOwnSchema(this.relation(id, transaction).schema);
  }

  /**
   * @returns undefined if the database has no such table
   * @throws {TableDiffers}
   */
  async look(id: number, transaction: Origin): Promise<Binding | undefined> {
    const relation = this.relation(id, transaction);
    const table = await readTable(this.session, relation.schema, relation.name);
    if (!table) return undefined;
    const binding = bind(relation, table);
    if (typeof binding === 'string') throw new TableDiffers(transaction, table.name, binding);
    this.#bindings.set(id, binding);
    return binding;
  }
}
