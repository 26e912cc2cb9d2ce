import { literal } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { GUARDS_NEW_TABLES } from './own';

/**
 * Keeps from firing what fires in a replica too: the fence's guard, which would refuse every change because a restored
 * database has no lease, and triggers and rules of the application that are ENABLE ALWAYS or ENABLE REPLICA, which have
 * done on the source what they do. All is put back before the transaction ends, and before a command of the data
 * definition runs. So every committed state has them as they were, also if the replay dies at any moment.
 */
export class Suspension {
  readonly #tables = new Map<string, string>();
  #events: Events | undefined;

  constructor(private readonly session: Session) {}

  /** @param table as SQL; at most once for each table until `lift` */
  async suspend(table: string): Promise<void> {
    if (this.#tables.has(table)) return;
    const [found] = await this.session.query(FIRING, [table]);
    const off = typeof found?.off === 'string' ? found.off : '';
    this.#tables.set(table, typeof found?.back === 'string' ? found.back : '');
    if (off === '') return;
    await this.suspendEvents();
    await this.session.query(`ALTER TABLE ONLY ${table} ${off}`);
  }

  /** Event triggers: of commands too the source has told all that came of them. */
  async suspendEvents(): Promise<void> {
    if (this.#events) return;
    const [found] = await this.session.query(EVENTS);
    const sql = (value: unknown): string => (typeof value === 'string' ? value : '');
    this.#events = { back: sql(found?.back), guards: sql(found?.guards) };
    if (sql(found?.off) !== '') await this.session.query(sql(found?.off));
  }

  /**
   * Does a command of the data definition, with the tables as they were. Tables that it makes get the guard by the event
   * trigger that sees to this always, and would see to it whenever a guard is switched off, too.
   */
  async aroundCommand(command: () => Promise<void>): Promise<void> {
    await this.#liftTables();
    await this.suspendEvents();
    const guards = this.#events?.guards ?? '';
    if (guards !== '') await this.session.query(guards);
    await command();
    if (guards !== '') await this.session.query(`ALTER EVENT TRIGGER ${GUARDS_NEW_TABLES} DISABLE`);
  }

  /** Puts everything back: the last that happens before the commit. */
  async lift(): Promise<void> {
    await this.#liftTables();
    if (this.#events && this.#events.back !== '') await this.session.query(this.#events.back);
    this.#events = undefined;
  }

  /** The transaction was undone, and with it all that was suspended. */
  forget(): void {
    this.#tables.clear();
    this.#events = undefined;
  }

  async #liftTables(): Promise<void> {
    const back = [...this.#tables].flatMap(([table, actions]) =>
      actions === '' ? [] : [`ALTER TABLE ONLY ${table} ${actions}`],
    );
    this.#tables.clear();
    if (back.length > 0) await this.session.query(back.join('; '));
  }
}

/** How event triggers are switched on again: all of them, and the one that puts the guard on new tables; or nothing. */
interface Events {
  readonly back: string;
  readonly guards: string;
}

const STATES = "CASE state WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' END";

const FIRING = `
  SELECT string_agg(f.off, ', ') AS off, string_agg(f.back, ', ') AS back FROM (
    SELECT format('DISABLE TRIGGER %I', name) AS off, 'ENABLE ' || ${STATES} || format('TRIGGER %I', name) AS back
      FROM (SELECT tgname AS name, tgenabled AS state FROM pg_trigger WHERE tgrelid = $1::regclass) AS t
     WHERE state IN ('A', 'R')
    UNION ALL
    SELECT format('DISABLE RULE %I', name), 'ENABLE ' || ${STATES} || format('RULE %I', name)
      FROM (SELECT rulename AS name, ev_enabled AS state FROM pg_rewrite WHERE ev_class = $1::regclass) AS r
     WHERE state IN ('A', 'R')
    UNION ALL
    SELECT 'NO FORCE ROW LEVEL SECURITY', 'FORCE ROW LEVEL SECURITY'
      FROM pg_class WHERE oid = $1::regclass AND relforcerowsecurity) AS f`;

const EVENTS = `
  SELECT string_agg(format('ALTER EVENT TRIGGER %I DISABLE', name), '; ') AS off,
         string_agg(format('ALTER EVENT TRIGGER %I ENABLE ', name) || ${STATES}, '; ') AS back,
         string_agg(format('ALTER EVENT TRIGGER %I ENABLE ', name) || ${STATES}, '')
           FILTER (WHERE name = ${literal(GUARDS_NEW_TABLES)}) AS guards
    FROM (SELECT evtname AS name, evtenabled AS state FROM pg_event_trigger) AS e
   WHERE state IN ('A', 'R')`;
