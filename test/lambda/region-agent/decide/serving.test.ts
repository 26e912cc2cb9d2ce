import { describe, expect, it } from '@jest/globals';
import { TASKS } from '../../../../lambda/leader/record';
import { decide } from '../../../../lambda/region-agent/decide';
import { type Changes, fleet, primary, replica, unknown } from '../support/databases';
import { at, DATABASE_MS, HOME, operation, record, recordAfter, STANDBY } from '../support/records';
import { atHome, secondsAgo, WALL_MS } from '../support/situation';

describe('the holder renews', () => {
  it('writes clock and position of its database, then gives a lease of that clock plus T', () => {
    const { next, action, sentence, again } = decide(atHome({ watchedSeconds: 5 }));
    expect(next).toMatchObject({ version: 101, databaseTime: at(5), walLsn: '0/6000', outageSeconds: 0 });
    expect(action).toEqual({
      kind: 'renew',
      lease: { epoch: 1, version: 101, limitMs: DATABASE_MS + 65_000 },
    });
    expect(sentence).toBe('us-east-1 leads epoch 1 and renews its lease for 60 s.');
    expect(again).toBe(false);
  });

  it('counts a clock with a part of a millisecond down, never up', () => {
    const seen = { database: primary({ clockMs: DATABASE_MS + 5_000.9 }) };
    const { action } = decide(atHome({ watchedSeconds: 5, seen }));
    expect(action).toMatchObject({ lease: { limitMs: DATABASE_MS + 65_000 } });
  });

  it('leaves a version alone that it has known for less than a poll, because another run has just written', () => {
    const { next, action, sentence } = decide(atHome({ watchedSeconds: 4.4 }));
    expect([next, action]).toEqual([undefined, undefined]);
    expect(sentence).toBe('us-east-1 leads epoch 1; its lease is fresh.');
  });

  it('renews as soon as nine tenths of a poll have passed', () => {
    expect(decide(atHome({ watchedSeconds: 4.5 })).next?.version).toBe(101);
  });

  it('renews also across a gap between two reads, which breaks only a watch', () => {
    const memory = {
      watch: {
        version: 100,
        renewed: true,
        firstMs: secondsAgo(30),
        sinceMs: secondsAgo(0),
        seenMs: secondsAgo(0),
      },
    };
    expect(decide(atHome({ memory })).action?.kind).toBe('renew');
  });

  it('renews at once when less than half of the lease is left, because the last renewal never reached it', () => {
    const short = primary({ lease: { limitMs: DATABASE_MS + 34_999 } });
    const enough = primary({ lease: { limitMs: DATABASE_MS + 35_000 } });
    expect(decide(atHome({ seen: { database: short } })).action?.kind).toBe('renew');
    expect(decide(atHome({ seen: { database: enough } })).action).toBeUndefined();
  });

  it('tells once since when it serves', () => {
    const first = decide(atHome({ record: record({ servingSince: null }), watchedSeconds: 5 }));
    expect(first.next?.servingSince).toBe(at(5));
    expect(decide(atHome({ watchedSeconds: 5 })).next?.servingSince).toBe(at(-86_400));
  });

  it.each(['PROTECTED', 'REBUILDING'] as const)('renews in %s as in SERVING', (state) => {
    const moved = recordAfter(['takeover', 'switchover'], { state });
    const seen = { database: primary({ lease: { epoch: 3 } }) };
    const { next, action } = decide(atHome({ record: moved, seen, watchedSeconds: 5 }));
    expect([next?.state, action?.kind]).toEqual([state, 'renew']);
  });
});

describe('the holder opens its lease', () => {
  it('when the database is of an earlier epoch: the first deployment, or a claim that was given back', () => {
    const seen = {
      database: primary({ lease: { epoch: 0, version: 0, timeline: 0, limitMs: 1, closed: true } }),
    };
    const { next, action, sentence, signals } = decide(atHome({ seen }));
    expect(action).toEqual({
      kind: 'open',
      lease: { epoch: 1, version: 101, limitMs: DATABASE_MS + 65_000 },
    });
    expect(next?.version).toBe(101);
    expect(sentence).toBe('us-east-1 leads epoch 1 and opens its lease for 60 s.');
    expect(signals).toEqual(['fenceClosed']);
  });

  it('when an earlier epoch is still open', () => {
    const given = recordAfter(['takeover', 'withdrawn']);
    const { action } = decide(atHome({ record: given }));
    expect(action).toMatchObject({ kind: 'open', lease: { epoch: 3, version: 101 } });
  });

  it('when it was closed in the same epoch by a switchover that was abandoned', () => {
    const seen = { database: primary({ lease: { closed: true, limitMs: 1 } }) };
    expect(decide(atHome({ seen })).action).toMatchObject({ kind: 'open', lease: { epoch: 1 } });
  });
});

describe('the length of a lease that the record tells', () => {
  const told = (changes: Parameters<typeof primary>[0], recorded: number, leaseSeconds: number) =>
    decide(
      atHome({
        record: record({ ttlSeconds: recorded }),
        settings: { leaseSeconds },
        seen: { database: primary(changes) },
        watchedSeconds: 5,
      }),
    ).next?.ttlSeconds;

  it('is never lowered while an older and longer lease may still arrive', () => {
    expect(told({ lease: { version: 99 } }, 90, 30)).toBe(90);
  });

  it('shrinks to what is left of the lease that the record knows, rounded up', () => {
    expect(told({ lease: { limitMs: DATABASE_MS + 55_001 } }, 90, 30)).toBe(51);
  });

  it('is T as soon as less than T is left', () => {
    expect(told({}, 90, 60)).toBe(60);
    expect(told({ lease: { version: 99 } }, 30, 60)).toBe(60);
  });
});

describe('a holder whose database must not have a lease', () => {
  const refused = (changes: Parameters<typeof primary>[0], inRecovery = false) =>
    decide(atHome({ seen: { database: (inRecovery ? replica : primary)(changes) }, watchedSeconds: 5 }));

  it.each([
    [
      'does not answer',
      () => decide(atHome({ seen: { database: unknown('refused') }, watchedSeconds: 5 })),
      'The database in us-east-1 does not answer. refused.',
    ],
    ['is a replica', () => refused({}, true), 'The database in us-east-1 is a replica and takes no writes.'],
    [
      'is ahead of the record',
      () => refused({ lease: { epoch: 2 } }),
      'The fence is at epoch 2 and the record at 1',
    ],
    ['was promoted by hand', () => refused({ timeline: 2 }), '(timeline 2, leased was 1): it stays closed.'],
    [
      'was never looked through for sessions',
      () => refused({ enforcedAgoSeconds: null }),
      'looked for never: pg_cron does not run',
    ],
    [
      'was looked through too long ago',
      () => refused({ enforcedAgoSeconds: 10.4 }),
      'looked for 10 s ago: pg_cron does not run',
    ],
  ] as const)('keeps the record and not the lease: it %s', (_, decision, sentence) => {
    const { next, action, sentence: said } = decision();
    expect(said).toContain(sentence);
    expect(said).toContain('The record is kept for 150 s (0 s so far), the lease is not.');
    expect(action).toBeUndefined();
    expect(next).toMatchObject({ version: 101, outageSeconds: 5, databaseTime: at(0) });
  });

  it('may have one when sessions were looked for just 10 s ago', () => {
    expect(refused({ enforcedAgoSeconds: 10 }).action?.kind).toBe('renew');
  });

  it('adds up the seconds that it has watched each version', () => {
    const decision = decide(
      atHome({ record: record({ outageSeconds: 40 }), seen: { database: unknown() }, watchedSeconds: 7 }),
    );
    expect(decision.next?.outageSeconds).toBe(47);
  });

  it('counts a second at least, or an outage would never end', () => {
    const decision = decide(
      atHome({ settings: { pollSeconds: 0.1 }, seen: { database: unknown() }, watchedSeconds: 0.1 }),
    );
    expect(decision.next?.outageSeconds).toBe(1);
  });

  it('does not write again before a poll has passed', () => {
    const { next, signals } = decide(atHome({ seen: { database: unknown() }, watchedSeconds: 4 }));
    expect(next).toBeUndefined();
    expect(signals).toEqual(['fenceClosed']);
  });

  it('gives the lead up after a failover within the region would have ended', () => {
    const long = { seen: { database: unknown('refused') }, watchedSeconds: 5 };
    const { next, sentence, signals } = decide(atHome({ ...long, record: record({ outageSeconds: 150 }) }));
    expect(next).toBeUndefined();
    expect(sentence).toBe(
      'The database in us-east-1 does not answer. refused. That was so for 150 s, so us-east-1 gives the lease up.',
    );
    expect(signals).toEqual(['fenceClosed']);
    expect(decide(atHome({ ...long, record: record({ outageSeconds: 149 }) })).next?.outageSeconds).toBe(154);
  });

  it('serves again when its database is back, even after that', () => {
    const { next } = decide(atHome({ record: record({ outageSeconds: 150 }), watchedSeconds: 5 }));
    expect(next?.outageSeconds).toBe(0);
  });
});

describe('what a new holder still has to do', () => {
  const pending = record({ pending: TASKS });

  it('is tried one at a time by the run that has just renewed', () => {
    const { action, sentence, next } = decide(atHome({ record: pending, memory: { wrote: 100 } }));
    expect(action).toEqual({ kind: 'task', task: 'scale-up' });
    expect(sentence).toContain('Left to do: scale-up.');
    expect(next).toBeUndefined();
  });

  it('is left to that run by the others', () => {
    expect(decide(atHome({ record: pending })).action).toBeUndefined();
    expect(decide(atHome({ record: pending, memory: { wrote: 99 } })).action).toBeUndefined();
  });

  it('rests for 30 s after a failure, while the next task is tried', () => {
    const tried = (seconds: number) =>
      decide(
        atHome({ record: pending, memory: { wrote: 100, triedMs: { 'scale-up': secondsAgo(seconds) } } }),
      ).action;
    expect(tried(29)).toEqual({ kind: 'task', task: 'detach-secrets' });
    expect(tried(30)).toEqual({ kind: 'task', task: 'scale-up' });
  });

  it('is struck off at the next renewal, which is followed at once by the next task', () => {
    const memory = { done: new Set(['scale-up', 'close-other-side']) };
    const { next, again } = decide(atHome({ record: pending, memory, watchedSeconds: 5 }));
    expect(next?.pending).toEqual(['detach-secrets', 'take-base', 'mend-read-replicas']);
    expect(again).toBe(true);
  });
});

describe('a new holder whose services a deployment has made small again', () => {
  const young = recordAfter(['takeover', 'switchover'], { servingSince: at(-300) });
  const database = primary({ lease: { epoch: 3 } });
  const found = (tasks: number) =>
    decide(atHome({ record: young, seen: { database, fleet: fleet(tasks) }, memory: { wrote: 100 } }));

  it('raises them once more, as often as it finds them so', () => {
    const { action, sentence } = found(3);
    expect(action).toEqual({ kind: 'task', task: 'scale-up' });
    expect(sentence).toBe('us-east-1 leads epoch 3 with too few tasks of web: they are raised again.');
  });

  it('leaves those alone that have their size or more', () => {
    expect(found(4).action).toBeUndefined();
    expect(found(9).action).toBeUndefined();
  });

  it('counts them right after a renewal, when that is due, and never in its place', () => {
    const renewal = (fleetSeconds: number, managed = true) =>
      decide(
        atHome({
          record: young,
          managed,
          seen: { database },
          memory: { fleetMs: secondsAgo(fleetSeconds) },
          watchedSeconds: 5,
        }),
      );
    for (const managed of [true, false]) {
      expect(renewal(60, managed)).toMatchObject({ next: { version: 101 }, again: true });
      expect(renewal(59, managed).again).toBe(false);
    }
  });
});

describe('a holder whose lead a person gives to the other side', () => {
  const forced = record({ operation: operation('force', STANDBY) });

  it('closes its fence by the version of the record and falls silent', () => {
    const { next, action, sentence } = decide(
      atHome({ record: forced, seen: { database: primary({ lease: { version: 99 } }) }, watchedSeconds: 30 }),
    );
    expect(next).toBeUndefined();
    expect(action).toEqual({ kind: 'close', lease: { epoch: 1, version: 100 } });
    expect(sentence).toBe('A person moves the lead to us-west-2: us-east-1 closes and does not renew.');
  });

  it.each([
    ['does not answer', unknown()],
    ['is a replica', replica()],
    ['is closed', primary({ lease: { closed: true } })],
  ])('stays silent when its database %s', (_, database) => {
    const { next, action } = decide(atHome({ record: forced, seen: { database }, watchedSeconds: 30 }));
    expect([next, action]).toEqual([undefined, undefined]);
  });

  it('goes on if it is itself the one that was chosen', () => {
    const own = record({ operation: operation('force', HOME) });
    expect(decide(atHome({ record: own, watchedSeconds: 5 })).action?.kind).toBe('renew');
  });
});

describe('a holder without a managed database', () => {
  it('renews the record alone', () => {
    const { next, action, sentence } = decide(
      atHome({ managed: false, seen: {}, record: record({ ttlSeconds: 90 }), watchedSeconds: 5 }),
    );
    const now = new Date(WALL_MS).toISOString();
    expect(next).toMatchObject({ version: 101, ttlSeconds: 60, enforceSeconds: 5, databaseTime: now });
    expect(next?.servingSince).toBe(at(-86_400));
    expect(action).toBeUndefined();
    expect(sentence).toBe('us-east-1 leads epoch 1; there is no managed database to fence.');
  });

  it('tells once since when it serves', () => {
    const first = record({ servingSince: null, databaseTime: null });
    const { next } = decide(atHome({ managed: false, record: first, watchedSeconds: 5 }));
    expect(next?.servingSince).toBe(new Date(WALL_MS).toISOString());
  });

  it('does its tasks between two renewals', () => {
    const pending = record({ pending: ['close-other-side'] });
    const resting = decide(atHome({ managed: false, record: pending, memory: { wrote: 100 } }));
    expect(resting.action).toEqual({ kind: 'task', task: 'close-other-side' });
    expect(decide(atHome({ managed: false, record: pending, watchedSeconds: 5 })).again).toBe(true);
  });
});

describe('sessions in a closed database', () => {
  const expired = (changes: Changes) => ({
    database: primary({ lease: { limitMs: 1 }, enforcedAgoSeconds: 60, ...changes }),
  });

  it('are ended by the agent too, because the job that does it may not run', () => {
    const { action } = decide(atHome({ seen: expired({ fencedSessions: 2 }) }));
    expect(action).toEqual({ kind: 'end-sessions' });
  });

  it('are nobody to end if there are none, or on a replica', () => {
    expect(decide(atHome({ seen: expired({ fencedSessions: 0 }) })).action).toBeUndefined();
    expect(decide(atHome({ seen: { database: replica({ fencedSessions: 2 }) } })).action).toBeUndefined();
  });

  it('come after what is to be done with the lease', () => {
    const seen = { database: primary({ lease: { limitMs: 1 }, fencedSessions: 2 }) };
    expect(decide(atHome({ seen })).action?.kind).toBe('renew');
  });
});
