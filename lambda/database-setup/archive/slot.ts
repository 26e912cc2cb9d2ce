import { PUBLICATION, SLOT } from '../../archive/contract';
import type { Clock } from '../../runtime/clock';
import { HoldfastError, sentenceOf } from '../../runtime/errors';
import { literal } from '../../runtime/postgres/quoting';
import { codeOf, type Session } from '../../runtime/postgres/session';

/** One number for all who make the slot. */
const SLOT_LOCK = 4_869_002_018;

/**
 * The slot that the archive drains. A replica that was promoted has none: the region agent makes it before it lets
 * anybody write, so that no commit is missed. Making one waits for every transaction that has written and is still open;
 * that wait is bounded, and ends in an error, never in a handler: a handler would leave the half-made slot behind.
 */
export const SLOTS = `
CREATE TABLE IF NOT EXISTS holdfast.archive_slot (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  timeline int NOT NULL,
  -- Transactions that end at or before it do not come through the slot.
  start_lsn pg_lsn NOT NULL,
  made_at timestamptz NOT NULL,
  complete boolean NOT NULL
);
COMMENT ON COLUMN holdfast.archive_slot.complete IS
  'Whether it was there before the first lease of its timeline: otherwise commits may be missing before it.';

-- Whether the log is to be archived from here, and nothing keeps it for that.
CREATE OR REPLACE FUNCTION holdfast.is_archive_missing() RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT pg_is_in_recovery()
    AND EXISTS (SELECT FROM pg_publication WHERE pubname = ${literal(PUBLICATION)})
    AND NOT EXISTS (SELECT FROM pg_replication_slots
                     WHERE slot_name = ${literal(SLOT)} AND database = current_database() AND wal_status <> 'lost'
                       -- One that is being made has none yet.
                       AND confirmed_flush_lsn IS NOT NULL) $$;

-- Does nothing where there is a slot already, on a replica, and where nothing is to be archived.
CREATE OR REPLACE FUNCTION holdfast.make_archive_slot() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  begins pg_lsn;
BEGIN
  IF NOT holdfast.is_archive_missing() THEN RETURN; END IF;
  -- Several agents run at once: none opens the lease while another one is still making the slot.
  PERFORM pg_advisory_xact_lock(${SLOT_LOCK});
  IF NOT holdfast.is_archive_missing() THEN RETURN; END IF;
  PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots
    WHERE slot_name = ${literal(SLOT)} AND database = current_database();
  SELECT lsn INTO begins FROM pg_create_logical_replication_slot(${literal(SLOT)}, 'pgoutput');
  INSERT INTO holdfast.archive_slot AS a (timeline, start_lsn, made_at, complete)
    SELECT holdfast.current_timeline(), begins, clock_timestamp(),
           l.timeline <> holdfast.current_timeline() FROM holdfast.lease l
  ON CONFLICT (one) DO UPDATE
    SET timeline = excluded.timeline, start_lsn = excluded.start_lsn, made_at = excluded.made_at,
        complete = excluded.complete;
END $$;
`;

const TRIES = 15;
const PAUSE_MS = 1_000;
/** Lock not available: what it waited for has not ended. */
const AGAIN = '55P03';
const IN_USE = '55006';

/** Transactions stay open that the making of the slot has to wait for. */
export class SlotNotMade extends HoldfastError {
  constructor(
    readonly tries: number,
    readonly waitsFor: readonly string[],
    options: ErrorOptions,
  ) {
    super(
      `After ${tries} tries the archive has no slot: it has to wait for transactions that have written and are still ` +
        `open (${waitsFor.join('; ') || 'none is left now'}). Deploy again when they have ended.`,
      options,
    );
  }
}

const WRITING = `
  SELECT format('%s of %s since %s', coalesce(nullif(application_name, ''), 'session ' || pid), usename, xact_start) AS name
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
  UNION ALL
  SELECT format('prepared transaction %s of %s since %s', gid, owner, prepared) FROM pg_prepared_xacts`;

/** @throws {SlotNotMade} */
export async function makeSlot(session: Session, clock: Clock): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.query('SELECT holdfast.make_archive_slot()');
      return;
    } catch (error) {
      if (codeOf(error) !== AGAIN) throw error;
      if (tries === TRIES) {
        const names = (await session.query(WRITING)).map(({ name }) => String(name));
        throw new SlotNotMade(tries, names, { cause: error });
      }
    }
    await clock.sleep(PAUSE_MS);
  }
}

const DROP = `
  SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
   WHERE slot_name = ${literal(SLOT)} AND database = current_database()`;
const END_CONSUMER = `
  SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots
   WHERE slot_name = ${literal(SLOT)} AND active_pid IS NOT NULL`;

/** Ends whoever reads the slot, and with it what that holds. */
export const endConsumer = async (session: Session): Promise<void> => {
  await session.query(END_CONSUMER);
};

/** Somebody goes on reading the slot. */
export class SlotInUse extends HoldfastError {
  constructor(options: ErrorOptions) {
    super(
      `The slot of the archive could not be dropped: ${sentenceOf(options.cause)} Deploy again.`,
      options,
    );
  }
}

/**
 * Drops the slot, and ends whoever reads it: one that nobody drains would fill the disk.
 * @throws {SlotInUse}
 */
export async function dropSlot(session: Session, clock: Clock): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.query(DROP);
      return;
    } catch (error) {
      if (codeOf(error) !== IN_USE) throw error;
      if (tries === TRIES) throw new SlotInUse({ cause: error });
      await endConsumer(session);
    }
    await clock.sleep(PAUSE_MS);
  }
}
