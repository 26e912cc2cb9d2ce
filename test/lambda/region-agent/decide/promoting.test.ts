import { describe, expect, it } from '@jest/globals';
import { TASKS } from '../../../../lambda/leader/record';
import { decide } from '../../../../lambda/region-agent/decide';
import { noInstance, primary, promoted, replica, running, unknown } from '../support/databases';
import { at, DATABASE_MS, operation, STANDBY, takenOver } from '../support/records';
import { atStandby, type Parts, secondsAgo } from '../support/situation';

const PROMOTING = takenOver({
  state: 'PROMOTING',
  promotedFrom: { receiveLsn: '0/5800', replayLsn: '0/5000' },
});
const standby = (parts: Parts) => decide(atStandby({ record: PROMOTING, ...parts }));
const asked = (seconds: number) => ({ triedMs: { promote: secondsAgo(seconds) } });

describe('a region whose promotion may have been asked for', () => {
  it('asks for it while it is a replica that is available', () => {
    const { next, action, sentence, again } = standby({});
    expect(next).toBeUndefined();
    expect(action).toEqual({ kind: 'promote' });
    expect(sentence).toBe('us-west-2 asks RDS for the promotion.');
    expect(again).toBe(true);
  });

  it('asks again when 10 s have passed and nothing has come of it', () => {
    expect(standby({ memory: asked(10) }).action?.kind).toBe('promote');
    expect(standby({ memory: asked(9) }).action?.kind).toBe('scale-up');
  });

  it('asks also if the database does not answer, because RDS alone knows', () => {
    expect(standby({ seen: { database: unknown() } }).action?.kind).toBe('promote');
  });

  it.each([
    ['is backing up', running({ status: 'backing-up' }), 'Its database is backing-up.'],
    ['is no replica any more', running({ source: null, status: 'rebooting' }), 'Its database is rebooting.'],
    ['has been promoted and not yet restarted', running({ source: null }), 'Its database is available.'],
    ['is not there', noInstance, 'There is no database instance in us-west-2.'],
    ['is not told by RDS', unknown('Rate exceeded'), 'RDS tells nothing of it. Rate exceeded.'],
  ])('does not ask while the instance %s, and scales its services up meanwhile', (_, instance, words) => {
    const { action, sentence } = standby({ seen: { instance } });
    expect(action).toEqual({ kind: 'scale-up' });
    expect(sentence).toBe(`us-west-2 is being promoted. ${words} Its services are scaled up meanwhile.`);
  });

  it('scales its services up once, and again after 10 s if that failed', () => {
    const tried = (seconds: number, done: readonly string[]) =>
      standby({
        memory: {
          triedMs: { promote: secondsAgo(1), 'scale-up': secondsAgo(seconds) },
          done: new Set(done),
        },
      });
    expect(tried(10, []).action?.kind).toBe('scale-up');
    expect(tried(9, []).action).toBeUndefined();
    expect(tried(10, ['scale-up']).action).toBeUndefined();
    expect(tried(9, []).sentence).toBe('us-west-2 is being promoted. Its database is available.');
  });

  it('never goes back, even if the operator freezes the platform', () => {
    const frozen = { ...PROMOTING, frozen: true };
    expect(standby({ record: frozen }).action?.kind).toBe('promote');
    expect(standby({ record: frozen, seen: { database: promoted() } }).action?.kind).toBe('open');
  });
});

describe('a database that says itself that it is a primary', () => {
  it('gets a lease of the new epoch, after the record was written with its clock', () => {
    const { next, action, sentence, again, signals } = standby({ seen: { database: promoted() } });
    expect(next).toMatchObject({ state: 'PROMOTING', version: 101, databaseTime: at(5), walLsn: '0/6000' });
    expect(action).toEqual({
      kind: 'open',
      lease: { epoch: 2, version: 101, limitMs: DATABASE_MS + 65_000 },
    });
    expect(sentence).toBe('us-west-2 is promoted and opens its lease at epoch 2.');
    expect(again).toBe(true);
    expect(signals).toContain('fenceClosed');
  });

  it.each([
    [
      true,
      /takes writes\. Its archive has no slot yet: what is committed until there is one is in no archive/,
    ],
    [false, /takes writes\.$/],
  ])('is told on the page to have no slot for its archive, where that is so: %s', (archiveMissing, words) => {
    const database = promoted({
      archiveMissing,
      lease: { epoch: 2, version: 101, closed: false, timeline: 2, limitMs: DATABASE_MS + 60_000 },
    });
    const { next, action, sentence, page } = standby({ seen: { database } });
    expect([next?.state, action?.kind]).toEqual(['SERVING', 'renew']);
    expect(sentence).toMatch(words);
    expect(page).toContain(sentence);
  });

  it('keeps in the record that a longer lease of the former holder may be out', () => {
    const record = { ...PROMOTING, ttlSeconds: 90 };
    expect(
      standby({ record, seen: { database: promoted({ lease: { version: 7 } }) } }).next?.ttlSeconds,
    ).toBe(90);
  });

  it.each([
    [
      'is one that was left and no promoted replica',
      primary(),
      'is one that was left in a move, and no promoted replica: it stays closed.',
    ],
    [
      'has a fence above the record',
      promoted({ lease: { epoch: 3 } }),
      'The fence is at epoch 3 and the record at 2',
    ],
    ['does not end sessions', promoted({ enforcedAgoSeconds: null }), 'pg_cron does not run'],
    [
      'was opened in this epoch and restored since',
      promoted({ lease: { epoch: 2, timeline: 1 } }),
      'was restored or promoted by hand',
    ],
  ])('gets none when it %s', (_, database, words) => {
    const { next, action, sentence } = standby({ seen: { database } });
    expect([next, action]).toEqual([undefined, undefined]);
    expect(sentence).toContain(words);
  });

  it('gets none when it is a copy of an older epoch that a person has promoted', () => {
    const byHand = { ...PROMOTING, promotedFrom: { receiveLsn: null, replayLsn: null } };
    const seen = { database: promoted({ lease: { epoch: 0 } }) };
    const { next, sentence } = standby({ record: byHand, seen });
    expect(next).toBeUndefined();
    expect(sentence).toContain('is one that was left in a move');
  });

  it('gets one though the last lease of the other side never reached it, if it replayed when it was claimed', () => {
    expect(standby({ seen: { database: promoted({ lease: { epoch: 0 } }) } }).action?.kind).toBe('open');
  });

  it('gets another one when the first ran out before anybody saw it', () => {
    const late = promoted({ lease: { epoch: 2, timeline: 2, version: 99, limitMs: DATABASE_MS + 5_000 } });
    expect(standby({ seen: { database: late } }).action).toMatchObject({ kind: 'open', lease: { epoch: 2 } });
  });

  it('serves as soon as it is seen to take writes in this epoch', () => {
    const open = promoted({ lease: { epoch: 2, timeline: 2 } });
    const record = { ...PROMOTING, operation: operation('force', STANDBY) };
    const { next, action, page, again, signals } = standby({ record, seen: { database: open } });
    expect(next).toMatchObject({
      state: 'SERVING',
      epoch: 2,
      servingSince: at(5),
      pending: TASKS,
      operation: null,
    });
    expect(action).toEqual({
      kind: 'renew',
      lease: { epoch: 2, version: 101, limitMs: DATABASE_MS + 65_000 },
    });
    expect(page).toBe(
      'us-west-2 leads epoch 2 and takes writes. The other side was left: when it is back, say: npx holdfast failback.',
    );
    expect(again).toBe(true);
    expect(signals).not.toContain('fenceClosed');
  });

  it('does not serve by a lease of the former holder, which came with its log', () => {
    const inherited = promoted({ lease: { epoch: 1, timeline: 2 } });
    expect(standby({ seen: { database: inherited } }).next?.state).not.toBe('SERVING');
  });
});

describe('while the instance cannot be the cause', () => {
  it('a replica without an instance is waited for', () => {
    const { action } = standby({
      seen: { database: replica(), instance: noInstance },
      memory: { done: new Set(['scale-up']) },
    });
    expect(action).toBeUndefined();
  });
});
