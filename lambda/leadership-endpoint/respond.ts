import { servingRegion } from '../leader/record';
import { STANDBY_LEADS_PATH, STATUS_PATH } from './contract';
import type { Knowledge } from './view';

/** The part in use of an event of API Gateway's HTTP API, payload version 2.0. */
export interface HttpEvent {
  readonly rawPath: string;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whether the standby leads, and why the answer is so. */
export interface Verdict {
  readonly standbyLeads: boolean;
  readonly sentence: string;
}

/**
 * True only if a record, read or last known, says that the standby serves. Everything else points traffic at home: a
 * table without a record is one where the first deployment has not finished, and home is where that begins.
 */
export function verdict(known: Knowledge, standbyRegion: string): Verdict {
  if (known.kind === 'unknown') {
    return { standbyLeads: false, sentence: `Nothing is known about leadership. ${known.failure}` };
  }
  const { record } = known;
  if (!record) {
    return { standbyLeads: false, sentence: 'There is no leadership record yet, so home leads.' };
  }
  const serving = servingRegion(record);
  const holds = `epoch ${record.epoch}, ${record.state}`;
  const what =
    serving === undefined
      ? `${record.holder} has claimed leadership and does not serve yet (${holds}).`
      : `${serving} leads (${holds}).`;
  const how = known.failure
    ? ` This was read ${Math.round(known.ageMs / 1000)} s ago; since then: ${known.failure}`
    : '';
  return { standbyLeads: serving === standbyRegion, sentence: what + how };
}

/**
 * @param current asked only for a path that needs it
 * @returns 200 or 503 for Route 53, 200 with the record for a person, otherwise 404 or 405
 */
export async function respond(
  event: HttpEvent,
  standbyRegion: string,
  current: () => Promise<Knowledge>,
): Promise<HttpAnswer> {
  const { method } = event.requestContext.http;
  const path = event.rawPath;
  if (path !== STANDBY_LEADS_PATH && path !== STATUS_PATH) {
    return answer(404, {
      sentence: `There is nothing at this path; ask ${STANDBY_LEADS_PATH} or ${STATUS_PATH}.`,
    });
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return answer(405, { sentence: 'Only GET and HEAD are answered.' }, { allow: 'GET, HEAD' });
  }
  const known = await current();
  const { standbyLeads, sentence } = verdict(known, standbyRegion);
  const full =
    path === STANDBY_LEADS_PATH
      ? answer(standbyLeads ? 200 : 503, { standbyLeads, sentence })
      : answer(200, { standbyLeads, sentence, ...status(known) });
  return method === 'HEAD' ? { ...full, body: '' } : full;
}

function status(known: Knowledge): object {
  if (known.kind === 'unknown') return { record: null };
  return { record: known.record ?? null, readAt: new Date(known.readAt).toISOString(), ageMs: known.ageMs };
}

function answer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
