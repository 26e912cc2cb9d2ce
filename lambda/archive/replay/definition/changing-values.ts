import type { Session } from '../../../runtime/postgres/session';
import { NewBaseNeeded } from '../errors';
import type { Origin } from '../input';
import { type Token, tokens } from './lexer';

/**
 * ALTER TABLE gives rows values that are in no log: a new column its default, a changed one what USING says. That can be
 * done again unless the value is another each time, as with now(), random() or a sequence, which numbers rows in the order
 * in which they happen to lie. Such a command is refused, if the table has rows.
 */
export class ChangingValues {
  #before: readonly Before[] = [];

  constructor(
    private readonly session: Session,
    private readonly tag: string,
    private readonly transaction: Origin,
  ) {}

  /** Remembers the tables as they are before the command. */
  async remember(): Promise<void> {
    if (this.tag !== ALTERS) return;
    const rows = await this.session.query(TABLES);
    this.#before = rows.map(({ oid, file, columns }) => ({
      oid: String(oid),
      file: String(file),
      columns: Number(columns),
    }));
  }

  /**
   * @param statement that was run
   * @throws {NewBaseNeeded}
   */
  async check(statement: string): Promise<void> {
    if (this.tag !== ALTERS) return;
    const changed = await this.session.query(CHANGED, [
      this.#before.map(({ oid }) => oid),
      this.#before.map(({ file }) => file),
      this.#before.map(({ columns }) => columns),
    ]);
    const using = afterUsing(statement);
    for (const { table, column, value, numbered, rewritten } of changed) {
      const words = [
        ...wordsIn(tokens(typeof value === 'string' ? value : '')),
        ...(rewritten === true ? using : []),
      ];
      const varying = numbered === true ? 'an identity' : await this.#varying(words);
      if (varying === undefined || !(await this.#hasRows(String(table)))) continue;
      const what = typeof column === 'string' ? `its new column ${column}` : 'its rows';
      const why = `its ${this.tag} of ${table} gave ${what} values by ${varying}, which are others each time.`;
      throw new NewBaseNeeded(this.transaction, why);
    }
  }

  /** By their names alone: rather one command too many is refused. */
  async #varying(words: readonly string[]): Promise<string | undefined> {
    const known = words.find((word) => VARYING.includes(word));
    if (known !== undefined || words.length === 0) return known;
    const [found] = await this.session.query(VOLATILE, [words]);
    return typeof found?.name === 'string' ? found.name : undefined;
  }

  async #hasRows(table: string): Promise<boolean> {
    const [found] = await this.session.query(`SELECT EXISTS (SELECT FROM ONLY ${table}) AS present`);
    return found?.present === true;
  }
}

const ALTERS = 'ALTER TABLE';

/** A table before the command. */
interface Before {
  readonly oid: string;
  readonly file: string;
  readonly columns: number;
}

/** Not volatile, and still another value in another transaction or session. */
const VARYING = [
  ...[
    'now',
    'transaction_timestamp',
    'statement_timestamp',
    'current_timestamp',
    'current_date',
    'current_time',
  ],
  ...['localtime', 'localtimestamp', 'session_user', 'current_setting', 'pg_backend_pid', 'inet_client_addr'],
  ...[
    'inet_client_port',
    'inet_server_addr',
    'txid_current',
    'pg_current_xact_id',
    'txid_current_if_assigned',
  ],
];

const VOLATILE = `SELECT proname AS name FROM pg_proc WHERE provolatile = 'v' AND proname = ANY ($1::text[]) LIMIT 1`;

const TABLES = `
  SELECT c.oid::text AS oid, c.relfilenode::text AS file, c.relnatts AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** New columns with what gives them their values, and tables that were written anew. */
const CHANGED = `
  WITH was AS (SELECT * FROM unnest($1::oid[], $2::oid[], $3::int[]) AS w (oid, file, columns))
  SELECT w.oid::regclass::text AS table, a.attname::text AS column, c.relfilenode <> w.file AS rewritten,
         a.attidentity <> '' AS numbered, coalesce(pg_get_expr(d.adbin, d.adrelid), y.typdefault) AS value
    FROM was w JOIN pg_class c ON c.oid = w.oid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > w.columns AND NOT a.attisdropped AND a.attgenerated = ''
    JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT w.oid::regclass::text, NULL, true, false, NULL
    FROM was w JOIN pg_class c ON c.oid = w.oid WHERE c.relfilenode <> w.file`;

/** @returns the words behind the first USING, in which an expression may stand */
function afterUsing(statement: string): readonly string[] {
  const all = [...tokens(statement)];
  const using = all.findIndex(({ kind, text }) => kind === 'word' && text === 'using');
  return using < 0 ? [] : wordsIn(all.slice(using + 1));
}

function wordsIn(found: Iterable<Token>): readonly string[] {
  return [...found].flatMap(({ kind, text }) => {
    if (kind === 'word') return [text];
    return text.startsWith('"') ? [text.slice(1, -1).replaceAll('""', '"')] : [];
  });
}
