import type { Change, Relation, Tuple } from '../pgoutput/message';

/** What a transaction changed, row by row and by the names of columns. */

/** Values as PostgreSQL writes them. A column that was not sent is left out: an unchanged value that lies out of line. */
export type Values = Readonly<Record<string, string | null>>;

export type RowChange =
  | {
      readonly kind: 'row';
      readonly operation: 'insert' | 'update' | 'delete';
      readonly relation: Relation;
      /** The old row, or what of it identifies it; null where the log has nothing of it. */
      readonly old: Values | null;
      /** Whether `old` is the whole row. */
      readonly whole: boolean;
      /** The new row; null for a deleted one. */
      readonly new: Values | null;
    }
  | { readonly kind: 'truncate'; readonly relations: readonly Relation[]; readonly cascade: boolean };

/**
 * @param relations by their number, as the archive described them last
 * @returns undefined for a message that changes no row
 * @throws {RangeError} if a change is of a relation that was never described, which no intact archive has
 */
export function rowChangeOf(change: Change, relations: ReadonlyMap<number, Relation>): RowChange | undefined {
  switch (change.kind) {
    case 'message':
      return undefined;
    case 'truncate':
      return {
        kind: 'truncate',
        relations: change.relations.map((id) => known(relations, id)),
        cascade: change.cascade,
      };
    case 'insert': {
      const relation = known(relations, change.relation);
      const row = valuesOf(relation, change.row);
      return { kind: 'row', operation: 'insert', relation, old: null, whole: false, new: row };
    }
    case 'update': {
      const relation = known(relations, change.relation);
      const { old } = change;
      return {
        kind: 'row',
        operation: 'update',
        relation,
        old: old ? oldValues(relation, old.row, old.whole) : null,
        whole: old?.whole ?? false,
        new: valuesOf(relation, change.row),
      };
    }
    case 'delete': {
      const relation = known(relations, change.relation);
      const { row, whole } = change.old;
      const old = oldValues(relation, row, whole);
      return { kind: 'row', operation: 'delete', relation, old, whole, new: null };
    }
  }
}

function known(relations: ReadonlyMap<number, Relation>, id: number): Relation {
  const relation = relations.get(id);
  if (!relation) throw new RangeError(`The archive never described the relation ${id}.`);
  return relation;
}

function valuesOf({ columns }: Relation, row: Tuple): Values {
  return Object.fromEntries(
    columns.flatMap(({ name }, index) => {
      const value = row[index];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Of a key only its columns were sent; the others are null on the wire and say nothing. */
function oldValues(relation: Relation, row: Tuple, whole: boolean): Values {
  const all = valuesOf(relation, row);
  if (whole) return all;
  return pick(
    all,
    relation.columns.filter(({ key }) => key).map(({ name }) => name),
  );
}

/** @returns the values of some columns, as far as they are known */
export function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
