import { sentenceOf } from '../runtime/errors';
import { literal } from '../runtime/postgres/quoting';
import type { Session } from '../runtime/postgres/session';
import type { EventTrigger } from './guard';

const PRESENT = `
  SELECT evtevent AS event, evtfoid::regproc::text AS function, evtenabled AS enabled,
         coalesce(array_to_string(evttags, ','), '') AS tags
    FROM pg_event_trigger WHERE evtname = $1`;

/** Makes the event trigger as it is meant to be; one that is so already is left alone. Within a transaction. */
export async function ensureEventTrigger(session: Session, wanted: EventTrigger): Promise<void> {
  const { name, event, tags } = wanted;
  const calls = `holdfast.${wanted.function}`;
  const [present] = await session.query(PRESENT, [name]);
  const same =
    present?.event === event &&
    present.function === calls &&
    present.enabled === 'A' &&
    present.tags === tags.join(',');
  if (same) return;
  if (present) await dropEventTrigger(session, wanted);
  const when = tags.length === 0 ? '' : ` WHEN TAG IN (${tags.map(literal).join(', ')})`;
  await session.query(`CREATE EVENT TRIGGER ${name} ON ${event}${when} EXECUTE FUNCTION ${calls}()`);
  await session.query(`ALTER EVENT TRIGGER ${name} ENABLE ALWAYS`);
}

export async function dropEventTrigger(session: Session, { name }: EventTrigger): Promise<void> {
  await session.query(`DROP EVENT TRIGGER IF EXISTS ${name}`);
}

/** @returns why the server refuses it; undefined if it is there */
export async function tryEventTrigger(session: Session, wanted: EventTrigger): Promise<string | undefined> {
  await session.query('SAVEPOINT trigger');
  try {
    await ensureEventTrigger(session, wanted);
    return undefined;
  } catch (error) {
    await session.query('ROLLBACK TO SAVEPOINT trigger');
    return sentenceOf(error);
  }
}
