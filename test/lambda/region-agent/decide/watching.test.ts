import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../lambda/region-agent/decide';
import { noInstance, primary, promoted, replica, running, unknown } from '../support/databases';
import { HOME, operation, record, recordAfter, STANDBY, takenOver } from '../support/records';
import { atHome, atStandby, type Parts, WATCH_SECONDS } from '../support/situation';

const standby = (parts: Parts = {}) => decide(atStandby(parts));
const silent = (parts: Parts = {}) => standby({ watchedSeconds: WATCH_SECONDS, ...parts });

describe('a region that watches a healthy holder', () => {
  it('does nothing and says that it could take over', () => {
    const { next, action, sentence, limitation, signals } = standby();
    expect([next, action, limitation]).toEqual([undefined, undefined, undefined]);
    expect(sentence).toBe('us-east-1 leads epoch 1 (SERVING). us-west-2 could take over.');
    expect(signals).toEqual([]);
  });

  it('says why it could not', () => {
    const { sentence, limitation } = standby({ seen: { instance: noInstance } });
    expect(limitation).toBe('There is no database instance in us-west-2.');
    expect(sentence).toBe(
      'us-east-1 leads epoch 1 (SERVING). us-west-2 could not take over. There is no database instance in us-west-2.',
    );
  });

  it('tells the alarms when the version is older than a lease', () => {
    expect(standby({ watchedSeconds: 60 }).signals).toEqual([]);
    expect(standby({ watchedSeconds: 60.1 }).signals).toEqual(['leaseNotRenewed']);
  });
});

describe('a region that sees no renewal', () => {
  it('claims the lead after a full watch and not a moment before', () => {
    expect(standby({ watchedSeconds: WATCH_SECONDS - 0.001 }).next).toBeUndefined();
    const { next, action, sentence, page, again } = silent();
    expect(next).toMatchObject({ state: 'CLAIMED', holder: STANDBY, epoch: 2, version: 101 });
    expect(next?.history.at(-1)).toEqual({ epoch: 2, holder: STANDBY, reason: 'takeover', sentence });
    expect(action).toBeUndefined();
    expect(sentence).toBe('us-west-2 claims epoch 2: us-east-1 has been silent for 75 s.');
    expect([page, again]).toEqual([sentence, true]);
  });

  it('watches as long as the holder said, whatever its own settings are', () => {
    const settings = { leaseSeconds: 10, enforceSeconds: 1 };
    const longer = record({ ttlSeconds: 90, enforceSeconds: 10 });
    expect(standby({ settings, record: longer, watchedSeconds: 114 }).next).toBeUndefined();
    expect(standby({ settings, record: longer, watchedSeconds: 115 }).next?.state).toBe('CLAIMED');
  });

  it('may not take over against a gate, and says so', () => {
    const { next, sentence, limitation, signals } = silent({
      seen: { instance: running({ status: 'backing-up' }) },
    });
    const why = 'The replica in us-west-2 is backing-up, and RDS promotes only what is available.';
    expect(next).toBeUndefined();
    expect(sentence).toBe(
      `us-east-1 has not renewed version 100 for 75 s, but us-west-2 may not take over. ${why}`,
    );
    expect(limitation).toBe(why);
    expect(signals).toEqual(['gateRefused', 'leaseNotRenewed', 'standbyUnfit']);
  });

  it('takes over with a replica whose volume is being optimized, which is in operation', () => {
    const { next } = silent({ seen: { instance: running({ status: 'storage-optimization' }) } });
    expect(next?.state).toBe('CLAIMED');
  });

  it('waits a minute more while the application of the other side answers, then goes on', () => {
    const memory = { otherAnswers: true };
    const { next, sentence } = silent({ memory });
    expect(next).toBeUndefined();
    expect(sentence).toBe(
      'us-east-1 has not renewed version 100 for 75 s, but its application answers: us-west-2 waits 60 s more.',
    );
    expect(silent({ memory, watchedSeconds: WATCH_SECONDS + 59 }).next).toBeUndefined();
    expect(silent({ memory, watchedSeconds: WATCH_SECONDS + 60 }).next?.state).toBe('CLAIMED');
  });

  it('takes over from a holder that died while draining', () => {
    const draining = record({ state: 'DRAINING', operation: operation('switchover', STANDBY) });
    const { next, signals } = silent({ record: draining });
    expect(next?.history.at(-1)?.reason).toBe('takeover');
    expect(signals).toContain('unsettled');
  });

  it('takes over without a managed database by the watch alone', () => {
    expect(silent({ managed: false, seen: {} }).next?.state).toBe('CLAIMED');
  });

  it('does not take over while an operator has frozen the platform', () => {
    const { next, sentence } = silent({ record: record({ frozen: true }) });
    expect(next).toBeUndefined();
    expect(sentence).toContain('An operator has frozen the platform');
  });
});

describe('a forced move', () => {
  const forced = operation('force', STANDBY);

  it('waits for the full watch all the same', () => {
    const almost = { record: record({ operation: forced }), watchedSeconds: WATCH_SECONDS - 1 };
    const waiting = standby(almost);
    expect(waiting.next).toBeUndefined();
    expect(waiting.sentence).toBe(
      'A person moves the lead to us-west-2: us-east-1 has been silent for 74 of 75 s.',
    );
    const unfit = standby({ ...almost, seen: { instance: running({ status: 'backing-up' }) } });
    expect(unfit.limitation).toContain('is backing-up');
    expect(unfit.sentence).toContain('74 of 75 s. The replica in us-west-2 is backing-up');
    const { next, sentence } = silent({ record: record({ operation: forced }) });
    expect(next?.history.at(-1)?.reason).toBe('forced');
    expect(sentence).toBe(
      'us-west-2 claims epoch 2: a person has decided it and us-east-1 has been silent for 75 s.',
    );
  });

  it('does not mind that the other application answers', () => {
    const forcing = record({ operation: forced });
    expect(silent({ record: forcing, memory: { otherAnswers: true } }).next?.state).toBe('CLAIMED');
  });

  it('adopts a database that a person has promoted', () => {
    const forcing = record({ operation: forced });
    expect(silent({ record: forcing, seen: { database: promoted() } }).next?.state).toBe('CLAIMED');
  });

  it.each(['SERVING', 'REBUILDING'] as const)('leads back to a side that was left, out of %s', (state) => {
    const left = takenOver({ state, operation: operation('force', HOME) });
    const { next } = decide(
      atHome({
        record: left,
        seen: { database: replica({ lease: { epoch: 2 } }), instance: running() },
        watchedSeconds: WATCH_SECONDS,
      }),
    );
    expect(next).toMatchObject({ state: 'CLAIMED', holder: HOME, epoch: 3 });
  });
});

describe('a region that is handed the lead', () => {
  const handoff = (changes: Parameters<typeof record>[0] = {}) =>
    record({ state: 'HANDOFF', operation: operation('switchover', STANDBY), ...changes });

  it('claims it without a watch once it has replayed up to the last position', () => {
    const { next, sentence } = standby({ record: handoff() });
    expect(next).toMatchObject({ state: 'CLAIMED', holder: STANDBY });
    expect(next?.history.at(-1)?.reason).toBe('switchover');
    expect(sentence).toBe('us-west-2 claims epoch 2: us-east-1 has handed over.');
  });

  it.each([
    ['it is a byte short of it', { database: replica({ lsn: '0/4FFF' }) }, {}],
    ['no position was published', {}, { walLsn: null }],
    ['its database does not answer', { database: unknown() }, {}],
    ['the platform is frozen', {}, { frozen: true }],
    ['nobody asks for a move any more', {}, { operation: null }],
    ['something else was asked for', {}, { operation: operation('failback', STANDBY) }],
    ['it is the other side that is meant', {}, { operation: operation('switchover', HOME) }],
  ])('does not while %s', (_, seen, changes) => {
    expect(standby({ record: handoff(changes), seen }).next).toBeUndefined();
  });

  it('takes what is within the gate if the holder dies before it has all', () => {
    const seen = { database: replica({ lsn: '0/4FFF' }) };
    const { next } = silent({ record: handoff(), seen });
    expect(next?.history.at(-1)?.reason).toBe('takeover');
  });

  it('says that the application was down if that was the reason', () => {
    const down = handoff({ operation: operation('application-outage', STANDBY) });
    const { next, sentence } = standby({ record: down });
    expect(next?.history.at(-1)?.reason).toBe('application-outage');
    expect(sentence).toContain('the application in us-east-1 was down and it has handed over.');
  });

  it('calls it forced if a person lost patience with it', () => {
    const forced = handoff({ operation: operation('force', STANDBY) });
    expect(standby({ record: forced }).next?.history.at(-1)?.reason).toBe('forced');
  });

  it('needs no position where there is no managed database', () => {
    const moving = handoff({ walLsn: null });
    expect(standby({ record: moving, managed: false, seen: {} }).next?.state).toBe('CLAIMED');
  });
});

describe('a former holder whose lead was claimed', () => {
  const claimed = recordAfter(['takeover'], { state: 'CLAIMED' });
  const home = (parts: Parts = {}) =>
    decide(atHome({ record: claimed, watchedSeconds: WATCH_SECONDS, ...parts }));

  it('takes it back when the claimant has done nothing for a full watch', () => {
    const { next, action, sentence, page } = home();
    expect(next).toMatchObject({ state: 'SERVING', holder: HOME, epoch: 3, version: 101 });
    expect(next?.history.at(-1)?.reason).toBe('withdrawn');
    expect(action).toBeUndefined();
    expect(sentence).toBe(
      'us-west-2 has claimed epoch 2 and done nothing for 75 s: the lead comes back to us-east-1.',
    );
    expect(page).toBe(sentence);
  });

  it.each([
    ['the watch is not full', { watchedSeconds: WATCH_SECONDS - 1 }],
    ['its database does not answer', { seen: { database: unknown() } }],
    ['its database is a replica', { seen: { database: replica() } }],
    ['its fence knows the claimed epoch', { seen: { database: primary({ lease: { epoch: 2 } }) } }],
  ])('waits while %s', (_, parts) => {
    const { next, sentence } = home(parts);
    expect(next).toBeUndefined();
    expect(sentence).toBe('us-west-2 has claimed epoch 2; us-east-1 waits for what comes of it.');
  });

  it('needs no database where none is managed', () => {
    expect(home({ managed: false, seen: {} }).next?.state).toBe('SERVING');
  });
});
