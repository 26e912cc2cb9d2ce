import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../lambda/region-agent/decide';
import type { RebuildStatus } from '../../../../lambda/region-agent/ports';
import { fleet, primary, rebuildStatus, replica, unknown } from '../support/databases';
import { HOME, operation, recordAfter, STANDBY, takenOver } from '../support/records';
import { atHome, atStandby, type Parts, secondsAgo } from '../support/situation';

const RECORD = takenOver({ state: 'REBUILDING', operation: operation('failback', HOME) });
const CLOSED = primary({ lease: { closed: true } });
const home = (parts: Parts = {}) =>
  decide(atHome({ record: RECORD, ...parts, seen: { database: CLOSED, ...parts.seen } }));
const found = (changes: Partial<RebuildStatus>, parts: Parts = {}) =>
  home({ ...parts, seen: { rebuild: rebuildStatus(changes), ...parts.seen } });

const NEW = { status: 'available', source: 'arn:of-the-leader' };
const copy = (ofInstance: boolean, status = 'available') => ({ identifier: 'read-1', status, ofInstance });
/** The new replica stands; so far behind, and connected. */
const standing = (database = replica(), parts: Parts = {}) =>
  found({ instance: NEW }, { memory: { done: new Set(['reattach-secrets']) }, ...parts, seen: { database } });

describe('the failback recipe', () => {
  it.each([
    ['too many', 4],
    ['none', 0],
  ])('first brings services with %s tasks to their size for standing by', (_, tasks) => {
    const { action, sentence } = found({}, { seen: { fleet: fleet(tasks) } });
    expect(action).toEqual({ kind: 'scale-down' });
    expect(sentence).toBe('us-east-1 is being rebuilt: its services get their size for standing by.');
    expect(found({}, { seen: { fleet: fleet(1) } }).action?.kind).toBe('rebuild');
  });

  it('closes what is still open before it touches anything', () => {
    const database = primary({ lease: { version: 70 } });
    expect(found({}, { seen: { database } }).action).toMatchObject({
      kind: 'close',
      lease: { version: 100 },
    });
  });

  it('waits while RDS does not answer', () => {
    const { action, sentence } = home({ seen: { rebuild: unknown('throttled') } });
    expect(action).toBeUndefined();
    expect(sentence).toBe('us-east-1 is to be rebuilt, but RDS does not answer. throttled.');
    expect(home().sentence).toContain('It was not looked at.');
  });

  it.each([
    ['takes a last snapshot of the old database', {}, { step: 'snapshot' }, 'a last snapshot is taken.'],
    [
      'sets it aside once there is one',
      { snapshot: 'available' },
      { step: 'quarantine' },
      'its old database is renamed and shut off.',
    ],
    [
      'makes a replica under the free name',
      { instance: undefined },
      { step: 'create-replica' },
      'a new replica is made.',
    ],
    [
      'removes copies of what was left',
      { instance: NEW, readReplicas: [copy(true), copy(false)] },
      { step: 'delete-read-replica', identifier: 'read-1' },
      'read-1 reads what was left and goes.',
    ],
    [
      'gives the new replica the settings that none takes when it is made',
      { instance: NEW, settled: false },
      { step: 'settle-replica' },
      'its new replica gets its settings.',
    ],
    [
      'brings home its secrets',
      { instance: NEW },
      { step: 'reattach-secrets' },
      'its secrets get the values of the other side.',
    ],
  ])('%s', (_, status, step, words) => {
    const { next, action, sentence } = found(status);
    expect(next).toBeUndefined();
    expect(action).toEqual({ kind: 'rebuild', ...step });
    expect(sentence).toBe(`us-east-1 is being rebuilt: ${words}`);
  });

  it.each([
    [
      'the old database is busy',
      { instance: { status: 'backing-up', source: null } },
      'its old database is backing-up.',
    ],
    ['the snapshot is not done', { snapshot: 'creating' }, 'its last snapshot is creating.'],
    [
      'the new replica is being made',
      { instance: { ...NEW, status: 'creating' } },
      'its new replica is creating.',
    ],
    [
      'a copy is being deleted',
      { instance: NEW, readReplicas: [copy(false, 'deleting')] },
      'read-1 is being deleted.',
    ],
  ])('waits while %s', (_, status, words) => {
    const { action, sentence } = found(status);
    expect(action).toBeUndefined();
    expect(sentence).toBe(`us-east-1 is being rebuilt: ${words}`);
  });

  it('leaves a second primary beside the one in quarantine to a person', () => {
    const { action, sentence, signals } = found({ quarantine: { status: 'available', source: null } });
    expect(action).toBeUndefined();
    expect(sentence).toContain('a person must look.');
    expect(signals).toContain('gateRefused');
  });

  it('asks for a step again after 20 s', () => {
    const tried = (seconds: number) =>
      found({}, { memory: { triedMs: { snapshot: secondsAgo(seconds) } } }).action?.kind;
    expect(tried(19)).toBeUndefined();
    expect(tried(20)).toBe('rebuild');
  });

  it('lets each copy rest on its own', () => {
    const memory = { triedMs: { 'delete-read-replica read-1': secondsAgo(1) } };
    const of = (identifier: string) =>
      found({ instance: NEW, readReplicas: [{ ...copy(false), identifier }] }, { memory }).action;
    expect(of('read-1')).toBeUndefined();
    expect(of('read-2')).toMatchObject({ identifier: 'read-2' });
  });
});

describe('the end of a failback', () => {
  it('is a replica that streams and is within the gate: PROTECTED', () => {
    const { next, action, sentence, page } = standing();
    expect(next).toMatchObject({ state: 'PROTECTED', holder: STANDBY, epoch: 2, operation: null });
    expect(action).toBeUndefined();
    expect(sentence).toBe('us-east-1 is rebuilt and could take over: the platform is protected again.');
    expect(page).toBe(sentence);
  });

  it('waits for no copy for reads: RDS makes none of a replica without backups', () => {
    const memory = { done: new Set(['reattach-secrets']) };
    const seen = { database: replica() };
    const { next } = found({ instance: NEW, missingReadReplicas: ['read-1'] }, { memory, seen });
    expect(next?.state).toBe('PROTECTED');
  });

  it('accepts a lag that is just the gate', () => {
    const heartbeatMs = Date.parse(RECORD.databaseTime ?? '') - 60_000;
    expect(standing(replica({ lsn: '0/4000', heartbeatMs })).next?.state).toBe('PROTECTED');
  });

  it.each([
    [
      'is behind the gate',
      replica({ lsn: '0/4000', heartbeatMs: Date.parse(RECORD.databaseTime ?? '') - 61_000 }),
      'its new replica is 61 s behind.',
    ],
    ['is not connected', replica({ streaming: false }), 'its new replica is 0 s behind and not connected.'],
    [
      'has no heartbeat yet',
      replica({ lsn: '0/4000', heartbeatMs: null }),
      'its new replica is an unknown time behind.',
    ],
  ])('is not reached while the replica %s', (_, database, words) => {
    const { next, sentence } = standing(database);
    expect(next).toBeUndefined();
    expect(sentence).toBe(`us-east-1 is being rebuilt: ${words}`);
  });

  it('is not reached while the replica does not answer', () => {
    const { next, sentence } = standing(unknown('refused'));
    expect(next).toBeUndefined();
    expect(sentence).toBe('us-east-1 is being rebuilt; its new replica does not answer. refused.');
  });

  it('is not reached by a new replica that a person has promoted', () => {
    const { next, sentence } = standing(CLOSED);
    expect(next).toBeUndefined();
    expect(sentence).toContain('us-east-1 was left');
  });

  it('needs no secrets to come home in the standby, which owns none', () => {
    const record = recordAfter(['takeover', 'switchover'], {
      state: 'REBUILDING',
      operation: operation('failback', STANDBY),
    });
    const seen = { rebuild: rebuildStatus({ instance: NEW }), database: replica() };
    expect(decide(atStandby({ record, seen })).next?.state).toBe('PROTECTED');
  });

  it('is the secrets alone where there is no managed database', () => {
    const without = (done: readonly string[]) => home({ managed: false, memory: { done: new Set(done) } });
    expect(without([]).action).toEqual({ kind: 'rebuild', step: 'reattach-secrets' });
    expect(without(['reattach-secrets']).next?.state).toBe('PROTECTED');
  });
});

describe('a failback that is not this region’s', () => {
  it.each([null, operation('failback', STANDBY)])('is left alone', (other) => {
    const { next, action, sentence } = found({}, { record: { ...RECORD, operation: other } });
    expect([next, action]).toEqual([undefined, undefined]);
    expect(sentence).toContain('us-east-1 was left');
  });
});
