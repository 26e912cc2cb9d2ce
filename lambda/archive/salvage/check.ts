import type { Session } from '../../runtime/postgres/session';
import { type DdlMessage, MESSAGES, OWN_SCHEMAS } from '../contract';
import type { LogicalMessage, Relation } from '../pgoutput/message';
import { Changed, type Expectation, misfit } from './expectations';
import { anyTouched, type Boundary, type Found, lookUp } from './look-up';
import type { LostTransaction } from './lost';
import { type RowChange, rowChangeOf, type Values } from './rows';
import type { SalvagedRow } from './salvaged';
import { type LiveTable, readTable, tableName } from './tables';

/** Rows that are looked up at once. */
const BATCH = 500;
/** Rows of one transaction that are told in full. */
const ROWS_SHOWN = 100;
/** Different sentences of one transaction that are told. */
const SENTENCES_MAX = 10;

/** What of a lost transaction a person must know. */
export interface Checked {
  readonly tables: readonly string[];
  /** Those of them that are there, as the database knows them. */
  readonly live: readonly LiveTable[];
  /** Number of changed rows, truncations and commands; those in Holdfast's own schemas do not count. */
  readonly changes: number;
  readonly rows: readonly SalvagedRow[];
  readonly conflicts: readonly string[];
  readonly needs: readonly string[];
}

/** A row with what must hold for it. */
interface Pending {
  readonly change: Extract<RowChange, { kind: 'row' }>;
  readonly table: LiveTable | undefined;
  readonly expectations: readonly Expectation[];
  readonly needed: boolean;
  /** Why the table cannot take it. */
  readonly misfit: string | undefined;
}

/**
 * Holds lost transactions against the promoted database, in the order of their commits. It only reads. What it finds
 * holds for this moment; the SQL that applies them checks again.
 */
export class Checker {
  private readonly tables = new Map<string, LiveTable | undefined>();
  private readonly changed = new Changed();

  constructor(
    private readonly session: Session,
    private readonly boundary: Boundary,
  ) {}

  async check(transaction: LostTransaction): Promise<Checked> {
    const found = new Findings();
    let batch: Pending[] = [];
    for await (const { change, relations } of transaction.changes()) {
      if (change.kind === 'message') {
        found.definition(change);
        continue;
      }
      const row = rowChangeOf(change, relations);
      if (row?.kind === 'row' && !isOwn(row.relation))
        batch.push(await this.pending(row, transaction.endLsn, found));
      if (row?.kind === 'truncate') {
        await this.settle(batch, found);
        batch = [];
        await this.truncate(row.relations, transaction.endLsn, found);
      }
      if (batch.length < BATCH) continue;
      await this.settle(batch, found);
      batch = [];
    }
    await this.settle(batch, found);
    return found.result();
  }

  private async pending(
    change: Extract<RowChange, { kind: 'row' }>,
    endLsn: string,
    found: Findings,
  ): Promise<Pending> {
    const table = await this.table(change.relation);
    const strange = misfit(change.relation, table);
    if (!table || strange !== undefined) {
      return { change, table, expectations: [], needed: false, misfit: strange };
    }
    found.live.add(table);
    const { expectations, needs } = this.changed.note(table, change, endLsn);
    for (const need of needs) found.needs.add(need);
    return { change, table, expectations, needed: needs.length > 0, misfit: undefined };
  }

  private async settle(batch: readonly Pending[], found: Findings): Promise<void> {
    const answers = await this.answers(batch);
    for (const pending of batch) found.row(pending, answers);
  }

  /** One query for all that is asked of a table by the same columns. */
  private async answers(batch: readonly Pending[]): Promise<ReadonlyMap<Expectation, Found | undefined>> {
    const groups = new Map<string, Expectation[]>();
    for (const expectation of batch.flatMap(({ expectations }) => expectations)) {
      const { table, names } = expectation;
      const group = JSON.stringify([table.name, names]);
      groups.set(group, [...(groups.get(group) ?? []), expectation]);
    }
    const answers = new Map<Expectation, Found | undefined>();
    for (const [first, ...rest] of groups.values()) {
      if (!first) continue;
      const group = [first, ...rest];
      const wanted = group.map(({ key }) => key);
      const rows = await lookUp(this.session, first.table, first.names, wanted, this.boundary);
      for (const [index, expectation] of group.entries()) answers.set(expectation, rows[index]);
    }
    return answers;
  }

  private async truncate(relations: readonly Relation[], endLsn: string, found: Findings): Promise<void> {
    for (const relation of relations.filter((one) => !isOwn(one))) {
      const table = await this.table(relation);
      const isTouched = table !== undefined && (await anyTouched(this.session, table, this.boundary));
      const name = tableName(relation);
      const conflict = isTouched ? `The table ${name} has rows that were written since.` : null;
      found.truncation(name, table ? conflict : `The table ${name} is not there.`);
      if (!table) continue;
      found.live.add(table);
      this.changed.empty(table.name, endLsn);
    }
  }

  private async table(relation: Relation): Promise<LiveTable | undefined> {
    const name = tableName(relation);
    if (!this.tables.has(name)) this.tables.set(name, await readTable(this.session, relation));
    return this.tables.get(name);
  }
}

export const isOwn = ({ schema }: Relation): boolean => OWN_SCHEMAS.includes(schema);

/** Collects what one transaction did. */
class Findings {
  readonly needs = new Set<string>();
  readonly live = new Set<LiveTable>();
  private readonly tables = new Set<string>();
  private readonly rows: SalvagedRow[] = [];
  private readonly conflicts = new Set<string>();
  private changes = 0;

  row(pending: Pending, answers: ReadonlyMap<Expectation, Found | undefined>): void {
    const { change } = pending;
    const name = tableName(change.relation);
    const objections = pending.expectations.map((one) => objection(name, one, answers.get(one)));
    const conflict = pending.misfit ?? objections.find(isSentence) ?? null;
    const before = beforeOf(pending, answers);
    this.add(name, {
      table: name,
      operation: change.operation,
      key: keyOf(pending),
      before,
      after: change.new && { ...(change.operation === 'update' ? before : {}), ...change.new },
      conflict,
    });
  }

  truncation(name: string, conflict: string | null): void {
    this.add(name, { table: name, operation: 'truncate', key: {}, before: null, after: null, conflict });
  }

  definition({ prefix, content }: LogicalMessage): void {
    if (prefix !== MESSAGES.ddl) return;
    const { tag, query, statement, objects } = JSON.parse(Buffer.from(content).toString()) as DdlMessage;
    const conflict = `${tag} is not applied by the SQL of a salvage: do it again by a migration.`;
    this.add(objects[0]?.identity ?? tag, {
      table: objects[0]?.identity ?? '',
      operation: 'ddl',
      key: {},
      before: null,
      after: { statement: statement ?? query },
      conflict,
    });
  }

  result(): Checked {
    return {
      tables: [...this.tables].sort(),
      live: [...this.live],
      changes: this.changes,
      rows: this.rows,
      conflicts: [...this.conflicts],
      needs: [...this.needs],
    };
  }

  private add(table: string, row: SalvagedRow): void {
    this.changes += 1;
    this.tables.add(table);
    if (this.rows.length < ROWS_SHOWN) this.rows.push(row);
    if (row.conflict !== null && this.conflicts.size < SENTENCES_MAX) this.conflicts.add(row.conflict);
  }
}

const isSentence = (text: string | undefined): text is string => text !== undefined;

function objection(table: string, { must, key }: Expectation, found: Found | undefined): string | undefined {
  const row = `The row ${JSON.stringify(key)} of ${table}`;
  if (must === 'be absent') return found ? `${row} is there already.` : undefined;
  if (!found) return `${row} is not there any more.`;
  return found.touched ? `${row} was changed since.` : undefined;
}

/** What the row was: as the archive has it, else as the database has it, unless it was changed since. */
function beforeOf(
  { change, expectations, needed }: Pending,
  answers: ReadonlyMap<Expectation, Found | undefined>,
): Values | null {
  if (change.operation === 'insert') return null;
  if (change.whole || needed) return change.whole ? change.old : null;
  const asked = expectations.find(({ must }) => must === 'be untouched');
  const found = asked && answers.get(asked);
  return found && !found.touched ? found.row : null;
}

function keyOf({ change, expectations, table }: Pending): Values {
  const values = change.old ?? change.new ?? {};
  const names = expectations[0]?.names ?? table?.key ?? [];
  return Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name] ?? null]] : [])));
}
