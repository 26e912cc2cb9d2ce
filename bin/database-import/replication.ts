import { bool } from '../../lambda/archive/restore/rows';
import { HoldfastError } from '../../lambda/runtime/errors';
import { literal, quoted } from '../../lambda/runtime/postgres/quoting';
import { codeOf, type Session } from '../../lambda/runtime/postgres/session';
import { PUBLICATION, SLOT, SUBSCRIPTION } from './names';
import { type ImportState, type SlotState, sourceState } from './state';

/**
 * Publication, slot and subscription, made one after the other so that an interruption leaves a state from which the next
 * run goes on. The statement that holds the password connects nowhere, so it ends at once and is in no log of slow ones.
 */

/** What the slot had to keep is gone, and with it what the new server does not have yet. */
export class SlotLost extends HoldfastError {
  constructor() {
    super(
      'The slot of the import at the old server is gone or has lost its part of the log, so the copy can never catch up. Say back-out, then begin again (max_slot_wal_keep_size of the old server may be too small).',
    );
  }
}

export async function publish(source: Session, tables: readonly string[]): Promise<void> {
  await source.query(
    `CREATE PUBLICATION ${quoted(PUBLICATION)} FOR TABLE ${tables.map((one) => `ONLY ${one}`).join(', ')}`,
  );
}

/** Makes what is missing. @throws {SlotLost} */
export async function connectServers(
  source: Session,
  target: Session,
  state: ImportState,
  conninfo: string,
): Promise<void> {
  const { subscription } = state.target;
  const begun = subscription !== undefined && subscription.tables > 0;
  if (state.source.slot?.lost || (begun && !state.source.slot)) throw new SlotLost();
  if (!state.source.slot) {
    await source.query(`SELECT pg_create_logical_replication_slot(${literal(SLOT)}, 'pgoutput')`);
  }
  if (!subscription) {
    await target.query(
      `CREATE SUBSCRIPTION ${quoted(SUBSCRIPTION)} CONNECTION ${literal(conninfo)} ` +
        `PUBLICATION ${quoted(PUBLICATION)} WITH (connect = false, slot_name = ${literal(SLOT)})`,
    );
  }
  if (!subscription?.enabled) await resume(target);
  // From here on it knows the tables, and begins to copy them.
  if (!begun) await target.query(`ALTER SUBSCRIPTION ${quoted(SUBSCRIPTION)} REFRESH PUBLICATION`);
}

/** Lets a subscription go on that is there and disabled: also one whose end was begun and interrupted. */
export async function resume(target: Session): Promise<void> {
  await target.query(`ALTER SUBSCRIPTION ${quoted(SUBSCRIPTION)} SET (slot_name = ${literal(SLOT)})`);
  await target.query(`ALTER SUBSCRIPTION ${quoted(SUBSCRIPTION)} ENABLE`);
}

/** Ends the subscription without a word to the old server, which may be out of reach. */
export async function unsubscribe(target: Session): Promise<void> {
  const [found] = await target.query(
    `SELECT EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
       WHERE s.subname = ${literal(SUBSCRIPTION)} AND d.datname = current_database()) AS present`,
  );
  if (!bool(found, 'present')) return;
  await target.query(`ALTER SUBSCRIPTION ${quoted(SUBSCRIPTION)} DISABLE`);
  await target.query(`ALTER SUBSCRIPTION ${quoted(SUBSCRIPTION)} SET (slot_name = NONE)`);
  await target.query(`DROP SUBSCRIPTION ${quoted(SUBSCRIPTION)}`);
}

/** Slots that a copy of a table made, and left when it was interrupted, are named by the subscription's number. */
const LEFT_SLOTS = `
  SELECT s.slot_name AS name, s.active_pid AS pid FROM pg_replication_slots s
   WHERE s.database = current_database() AND (s.slot_name = ${literal(SLOT)} OR s.slot_name = ANY ($1::text[]))`;

/** @param copies names of the slots of single tables, as the new server knew them */
export async function dropSlots(source: Session, copies: readonly string[]): Promise<void> {
  for (const { name, pid } of await source.query(LEFT_SLOTS, [copies])) {
    if (pid !== null) await source.query('SELECT pg_terminate_backend($1)', [pid]);
    await dropSlot(source, String(name));
  }
}

const IN_USE = '55006';
const TRIES = 50;

/** Whoever read it takes a moment to end. */
async function dropSlot(source: Session, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await source.query('SELECT pg_drop_replication_slot($1)', [name]);
      return;
    } catch (error) {
      if (codeOf(error) !== IN_USE || tries === TRIES) throw error;
      await source.query('SELECT pg_sleep(0.1)');
    }
  }
}

/** @returns names of the slots at the old server for tables that are still being copied */
export async function copySlots(target: Session): Promise<readonly string[]> {
  const rows = await target.query(
    `SELECT format('pg_%s_sync_%s_%s', r.srsubid, r.srrelid, (SELECT system_identifier FROM pg_control_system())) AS name
       FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
      WHERE s.subname = ${literal(SUBSCRIPTION)} AND r.srsubstate <> 'r'`,
  );
  return rows.map(({ name }) => String(name));
}

export const unpublish = async (source: Session): Promise<void> => {
  await source.query(`DROP PUBLICATION IF EXISTS ${quoted(PUBLICATION)}`);
};

/** @returns the slot, which must be there. @throws {SlotLost} */
export async function slotOf(source: Session): Promise<SlotState> {
  const { slot } = await sourceState(source);
  if (!slot || slot.lost) throw new SlotLost();
  return slot;
}
