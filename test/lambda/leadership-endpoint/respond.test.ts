import { describe, expect, it } from '@jest/globals';
import { firstRecord, type LeadershipRecord, STATES, type State } from '../../../lambda/leader/record';
import { type HttpAnswer, respond } from '../../../lambda/leadership-endpoint/respond';
import type { Knowledge } from '../../../lambda/leadership-endpoint/view';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const record = (holder: string, state: State): LeadershipRecord => ({ ...firstRecord(holder, 60, 5), state });
const known = (what: LeadershipRecord | undefined, failure?: string): Knowledge => ({
  kind: 'known',
  record: what,
  readAt: Date.UTC(2026, 0, 1),
  ageMs: 90_000,
  ...(failure === undefined ? {} : { failure }),
});

function ask(path: string, knowledge: Knowledge, method = 'GET'): Promise<HttpAnswer> {
  return respond({ rawPath: path, requestContext: { http: { method } } }, STANDBY, async () => knowledge);
}

const bodyOf = (answer: HttpAnswer): Record<string, unknown> => JSON.parse(answer.body);

describe('the leadership endpoint', () => {
  for (const holder of [HOME, STANDBY]) {
    for (const state of STATES) {
      const serving = holder === STANDBY && state !== 'CLAIMED' && state !== 'PROMOTING';
      it(`answers ${serving ? 200 : 503} to Route 53 when ${holder === HOME ? 'home' : 'the standby'} is ${state}`, async () => {
        expect((await ask('/standby-leads', known(record(holder, state)))).statusCode).toBe(
          serving ? 200 : 503,
        );
      });
    }
  }

  it('points traffic at home while there is no record, because the first deployment begins there', async () => {
    const answer = await ask('/standby-leads', known(undefined));
    expect(answer.statusCode).toBe(503);
    expect(bodyOf(answer).sentence).toBe('There is no leadership record yet, so home leads.');
  });

  it('answers 503 with the reason when nothing is known', async () => {
    const answer = await ask('/standby-leads', { kind: 'unknown', failure: 'The table is down.' });
    expect(answer.statusCode).toBe(503);
    expect(bodyOf(answer).sentence).toBe('Nothing is known about leadership. The table is down.');
  });

  it('says how old the last known state is, and why', async () => {
    const answer = await ask('/standby-leads', known(record(STANDBY, 'SERVING'), 'The table is down.'));
    expect(answer.statusCode).toBe(200);
    expect(bodyOf(answer).sentence).toBe(
      'us-west-2 leads (epoch 1, SERVING). This was read 90 s ago; since then: The table is down.',
    );
  });

  it('shows the record to a person, always with 200', async () => {
    const home = record(HOME, 'SERVING');
    const answer = await ask('/status', known(home));
    expect(answer.statusCode).toBe(200);
    expect(bodyOf(answer)).toMatchObject({
      record: home,
      standbyLeads: false,
      readAt: '2026-01-01T00:00:00.000Z',
    });
    const lost = await ask('/status', { kind: 'unknown', failure: 'x' });
    expect(lost.statusCode).toBe(200);
    expect(bodyOf(lost)).toMatchObject({ record: null, standbyLeads: false });
  });

  it('forbids every cache in between to keep an answer', async () => {
    for (const path of ['/standby-leads', '/status', '/other']) {
      expect((await ask(path, known(undefined))).headers['cache-control']).toBe('no-store');
    }
  });

  it('answers HEAD like GET, without a body', async () => {
    const answer = await ask('/standby-leads', known(record(STANDBY, 'SERVING')), 'HEAD');
    expect(answer).toMatchObject({ statusCode: 200, body: '' });
  });

  it('refuses other methods and paths, and asks no table for them', async () => {
    const asked = async (): Promise<never> => {
      throw new Error('The table was asked.');
    };
    const event = (rawPath: string, method: string) => ({ rawPath, requestContext: { http: { method } } });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await respond(event('/status', method), STANDBY, asked);
      expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' } });
    }
    for (const path of ['/', '/standby-leads/', '/Status']) {
      expect((await respond(event(path, 'GET'), STANDBY, asked)).statusCode).toBe(404);
    }
  });
});
