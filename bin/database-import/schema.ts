import { statementsOf } from '../../lambda/archive/replay/definition/statements';
import { HoldfastError, sentenceOf } from '../../lambda/runtime/errors';
import type { Session } from '../../lambda/runtime/postgres/session';
import { transaction } from '../../lambda/runtime/postgres/transaction';

/** A statement of the old schema that the new server refuses; nothing of the schema was made. */
export class SchemaRefused extends HoldfastError {
  constructor(
    readonly statement: string,
    options: ErrorOptions,
  ) {
    super(
      `The new server refuses a statement of the old schema, and nothing of it was made: ${sentenceOf(options.cause)} ` +
        `The statement: ${statement.replace(/\s+/g, ' ').slice(0, 300)} Write the schema into a file, mend it there, and hand it in with --schema.`,
      options,
    );
  }
}

const LIMITS = [
  "SET LOCAL lock_timeout = '5s'",
  "SET LOCAL search_path = ''",
  'SET LOCAL check_function_bodies = off',
];

/**
 * Makes the schema at the new server, in one transaction: all of it or nothing. One statement at a time, because the archive
 * writes down the query of each command.
 * @param sql as pg_dump writes it
 * @returns how many statements it was
 * @throws {SchemaRefused}
 */
export async function makeSchema(target: Session, sql: string): Promise<number> {
  const statements = statementsOf(withoutMetaCommands(sql))
    .map(({ text }) => text)
    .filter((text) => !LEFT_OUT.some((pattern) => pattern.test(text)));
  let running = '';
  try {
    await transaction(target, LIMITS, async () => {
      for (const statement of statements) {
        running = statement;
        await target.query(statement);
      }
    });
  } catch (error) {
    throw new SchemaRefused(running, { cause: error });
  }
  return statements.length;
}

/** Lines for psql alone: newer versions of pg_dump begin with \restrict and end with \unrestrict. */
const withoutMetaCommands = (sql: string): string => sql.replace(/^\\(un)?restrict\b.*$/gm, '');

/**
 * Settings of the dump's own session would outlive it; what an extension says of itself, and what the schema public is,
 * belong to somebody else.
 */
const LEFT_OUT: readonly RegExp[] = [
  /^SET\s/i,
  /^SELECT\s+pg_catalog\.set_config\b/i,
  /^COMMENT\s+ON\s+(EXTENSION|SCHEMA\s+"?public"?\s)/i,
  /^(CREATE|ALTER)\s+SCHEMA\s+"?public"?(\s|$)/i,
  /^CREATE\s+EXTENSION\s+(IF\s+NOT\s+EXISTS\s+)?"?(pg_cron|plpgsql)\b/i,
  /^(CREATE|ALTER|DROP)\s+(PUBLICATION|SUBSCRIPTION)\s/i,
];
