import type { Tuple } from '../../pgoutput/message';
import type { Origin } from '../input';
import { type Binding, type Identity, keyText } from './binding';

/**
 * Makes of many changes of rows the few that come to the same: each row is touched once, whatever happened to it in
 * between. Rows of one table depend on each other only by its constraints: deletes come first, then updates, then inserts,
 * each in the order in which its rows were first touched. Where that order violates a constraint which the order of the
 * source did not, the database refuses it, and the changes are applied in smaller pieces.
 */

/** One change as the source made it. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly binding: Binding;
  /** The row before by its identity; of an insert undefined. */
  readonly old: Tuple | undefined;
  /** The row after; of a delete undefined. */
  readonly row: Tuple | undefined;
  readonly transaction: Origin;
}

/** What becomes of one row. */
export interface NetChange {
  readonly binding: Binding;
  readonly old: Tuple | undefined;
  readonly row: Tuple | undefined;
  readonly transaction: Origin;
}

/** What becomes of the rows of one table. */
export interface NetChanges {
  readonly binding: Binding;
  readonly deletes: readonly NetChange[];
  readonly updates: readonly NetChange[];
  readonly inserts: readonly NetChange[];
}

/** What has become of a row so far. One for each change: what is made for them decides how fast a replay is. */
interface Entity extends NetChange {
  row: Tuple | undefined;
  transaction: Origin;
}

/** @returns by table, in the order in which the tables were first changed */
export function coalesced(changes: readonly RowChange[]): readonly NetChanges[] {
  const tables = new Map<Binding, Rows>();
  for (const change of changes) {
    const { binding } = change;
    let rows = tables.get(binding);
    if (!rows) {
      rows = new Rows(binding);
      tables.set(binding, rows);
    }
    rows.add(change);
  }
  return [...tables.values()].map((rows) => rows.net());
}

/** The rows of one table that were touched. Several may be alike where rows are told apart by all they hold. */
class Rows {
  readonly #entities: Entity[] = [];
  /** By what tells rows apart: the one that has it now, or several that are alike. */
  readonly #live = new Map<string, Entity | Entity[]>();

  constructor(private readonly binding: Binding) {}

  add({ kind, old, row, transaction }: RowChange): void {
    const { identity } = this.binding;
    if (!identity || kind === 'insert' || !old) {
      this.#insert(identity, row, transaction);
      return;
    }
    const key = keyText(identity, old);
    const entity = this.#take(key) ?? this.#entity(old, undefined, transaction);
    entity.transaction = transaction;
    if (row) {
      entity.row = merged(entity.row, row);
      this.#put(keyText(identity, entity.row), entity);
    } else {
      entity.row = undefined;
    }
  }

  net(): NetChanges {
    const { binding } = this;
    const all: readonly NetChange[] = this.#entities;
    return {
      binding,
      deletes: all.filter(({ old, row }) => old && !row),
      updates: all.filter(({ old, row }) => old && row),
      inserts: all.filter(({ old, row }) => !old && row),
    };
  }

  #insert(identity: Identity | undefined, row: Tuple | undefined, transaction: Origin): void {
    const entity = this.#entity(undefined, row, transaction);
    if (identity && row) this.#put(keyText(identity, row), entity);
  }

  #entity(old: Tuple | undefined, row: Tuple | undefined, transaction: Origin): Entity {
    const entity = { binding: this.binding, old, row, transaction };
    this.#entities.push(entity);
    return entity;
  }

  #take(key: string): Entity | undefined {
    const found = this.#live.get(key);
    if (!Array.isArray(found)) {
      this.#live.delete(key);
      return found;
    }
    const entity = found.pop();
    if (found.length === 0) this.#live.delete(key);
    return entity;
  }

  #put(key: string, entity: Entity): void {
    const found = this.#live.get(key);
    if (!found) this.#live.set(key, entity);
    else if (Array.isArray(found)) found.push(entity);
    else this.#live.set(key, [found, entity]);
  }
}

/** What was not sent is as it was before. */
function merged(before: Tuple | undefined, after: Tuple): Tuple {
  if (!before?.length || !after.includes(undefined)) return after;
  return after.map((value, place) => (value === undefined ? before[place] : value));
}
