import { describe, expect, it } from '@jest/globals';
import { isForced, isPromotedReplica, limitation } from '../../../lambda/region-agent/limitation';
import { noInstance, primary, primaryOf, promoted, replica, running, unknown } from './support/databases';
import { at, HOME, operation, record, recordAfter, STANDBY, takenOver } from './support/records';
import { atStandby, type Parts, secondsAgo } from './support/situation';

const why = (parts: Parts = {}) => limitation(atStandby(parts));
const force = operation('force', STANDBY);

describe('nothing stands against a takeover', () => {
  it('by an available replica that has replayed all', () => {
    expect(why()).toBeUndefined();
  });

  it('out of PROTECTED, after a move that a person asked for', () => {
    expect(
      why({ record: recordAfter(['switchover', 'switchover'], { state: 'PROTECTED' }) }),
    ).toBeUndefined();
  });

  it.each(['DRAINING', 'HANDOFF'] as const)('out of %s, also after a move', (state) => {
    expect(why({ record: recordAfter(['takeover', 'switchover'], { state }) })).toBeUndefined();
  });

  it('where there is no managed database to be fit', () => {
    expect(why({ managed: false, seen: { database: unknown() } })).toBeUndefined();
  });
});

describe('a record that forbids it', () => {
  it('is frozen, for a forced move too', () => {
    const sentence = 'An operator has frozen the platform: no region takes over until it is thawed.';
    expect(why({ record: record({ frozen: true }) })).toBe(sentence);
    expect(why({ record: record({ frozen: true, operation: force }) })).toBe(sentence);
  });

  it.each(['SERVING', 'REBUILDING'] as const)('is not protected: %s after a move', (state) => {
    const left = takenOver({ state, holder: HOME });
    expect(why({ record: left })).toBe(
      `The platform is not protected (${state} after a move): rebuild us-west-2 first, by: npx holdfast failback.`,
    );
    expect(why({ record: { ...left, operation: force } })).toBeUndefined();
  });
});

describe('at most one move without a person in an hour', () => {
  const served = (seconds: number | undefined, reason: 'takeover' | 'application-outage' | 'switchover') =>
    why({
      record: recordAfter(['takeover', reason], {
        state: 'PROTECTED',
        ...(seconds === undefined ? {} : { servingSince: at(-seconds) }),
      }),
    });

  it.each(['takeover', 'application-outage'] as const)('counts a %s', (reason) => {
    expect(served(3599, reason)).toBe(
      'us-east-1 took over by itself and had served 3599 s since; at most one such move in 3600 s.',
    );
    expect(served(3600, reason)).toBeUndefined();
  });

  it('does not count what a person asked for', () => {
    expect(served(10, 'switchover')).toBeUndefined();
  });

  it('takes a holder that has never renewed for one that has served no time', () => {
    const moved = recordAfter(['takeover', 'takeover'], { state: 'PROTECTED' });
    for (const missing of [{ servingSince: null }, { databaseTime: null }]) {
      expect(why({ record: { ...moved, ...missing } })).toContain('had served 0 s since');
    }
  });

  it('does not take a claim that was given back for a move', () => {
    const young = { servingSince: at(-10) };
    expect(why({ record: recordAfter(['takeover', 'withdrawn'], young) })).toBeUndefined();
  });

  it('still counts a move before a claim that was given back', () => {
    const given = recordAfter(['takeover', 'takeover', 'takeover', 'withdrawn'], {
      state: 'PROTECTED',
      servingSince: at(-10),
    });
    expect(why({ record: given })).toContain('had served 10 s since');
  });

  it('does not hinder a person, nor a move that has begun', () => {
    const young = recordAfter(['takeover', 'takeover'], { state: 'PROTECTED', servingSince: at(-10) });
    expect(why({ record: { ...young, operation: force } })).toBeUndefined();
    expect(why({ record: { ...young, state: 'HANDOFF' } })).toBeUndefined();
  });
});

describe('a region that is not fit', () => {
  it.each([
    [
      'does not answer',
      { database: unknown('refused') },
      'The database in us-west-2 does not answer. refused.',
    ],
    [
      'is no replica',
      { database: primary() },
      'The database in us-west-2 is no replica any more: a person has promoted it, or it was left in a move.',
    ],
    ['is not told by RDS', { instance: unknown('throttled') }, 'RDS tells nothing of us-west-2. throttled.'],
    ['has no instance', { instance: noInstance }, 'There is no database instance in us-west-2.'],
    [
      'is no replica to RDS',
      { instance: running({ source: null }) },
      'The database in us-west-2 replays a log, but RDS calls it no replica.',
    ],
    [
      'is not available',
      { instance: running({ status: 'rebooting' }) },
      'The replica in us-west-2 is rebooting, and RDS promotes only what is available.',
    ],
  ])('%s: says so, to a person who forces it as well', (_, seen, sentence) => {
    expect(why({ seen })).toBe(sentence);
    expect(why({ seen, record: record({ operation: force }) })).toBe(sentence);
  });
});

describe('an instance that was not looked at in this turn', () => {
  const said = (status: string) => ({ instance: { said: running({ status }), atMs: secondsAgo(20) } });
  const looked = (parts: Parts) => {
    const { instance: _, ...seen } = atStandby().seen;
    return limitation({ ...atStandby(parts), seen });
  };

  it('is what RDS said last', () => {
    expect(looked({ memory: said('available') })).toBeUndefined();
    expect(looked({ memory: said('rebooting') })).toContain('is rebooting');
  });

  it('is not known if RDS was never asked', () => {
    expect(looked({})).toBe('RDS tells nothing of us-west-2. It was not looked at.');
  });

  it('is not known if the last question failed, whatever was said before', () => {
    expect(why({ seen: { instance: unknown('throttled') }, memory: said('available') })).toContain(
      'throttled',
    );
  });
});

describe('the gate of the lag', () => {
  const behind = (seconds: number, changes: Parameters<typeof record>[0] = {}) =>
    why({
      record: record(changes),
      seen: { database: replica({ lsn: '0/4000', heartbeatMs: Date.parse(at(-seconds)) }) },
    });

  it('lets pass what is just at it, and refuses more', () => {
    expect(behind(60)).toBeUndefined();
    expect(behind(60.6)).toBe(
      'The replica is 61 s and 4096 bytes behind; the gate is 60 s. A person decides: npx holdfast failover --force.',
    );
  });

  it('leaves bytes out where the writer never told its position', () => {
    expect(behind(90, { walLsn: null })).toContain('The replica is 90 s behind; the gate is 60 s.');
  });

  it('refuses what is not known', () => {
    const database = replica({ lsn: '0/4000', heartbeatMs: null });
    expect(why({ seen: { database } })).toBe(
      'How far the replica is behind is not known: no heartbeat of the writer has arrived.',
    );
  });

  it('is for a person to pass', () => {
    expect(behind(9000, { operation: force })).toBeUndefined();
  });
});

describe('a move that a person forces', () => {
  it('is one to the own region only', () => {
    const asked = (kind: 'force' | 'switchover', to: string) =>
      isForced(atStandby({ record: record({ operation: operation(kind, to) }) }));
    expect([asked('force', STANDBY), asked('force', HOME), asked('switchover', STANDBY)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isForced(atStandby())).toBe(false);
  });

  it('adopts a replica of the holder that was promoted by hand, and no side that was left', () => {
    const forcing = record({ operation: force });
    expect(why({ record: forcing, seen: { database: promoted() } })).toBeUndefined();
    expect(why({ record: forcing, seen: { database: promoted({ lease: { epoch: 0 } }) } })).toContain(
      'is no replica any more',
    );
  });

  it('knows a promoted replica by a timeline that was never leased and the epoch that came with the log', () => {
    expect(isPromotedReplica(primaryOf({ timeline: 2 }), 1)).toBe(true);
    expect(isPromotedReplica(primaryOf(), 1)).toBe(false);
    expect(isPromotedReplica(primaryOf({ timeline: 2 }), 2)).toBe(false);
  });
});
