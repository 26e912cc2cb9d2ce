import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isProtected } from '../../../../lambda/leader/record';
import { checkTransition } from '../../../../lambda/leader/transitions';
import { decide } from '../../../../lambda/region-agent/decide';
import { takesWrites } from '../../../../lambda/region-agent/decide/lease';
import type { Decision } from '../../../../lambda/region-agent/decision';
import { isForced } from '../../../../lambda/region-agent/limitation';
import { needs } from '../../../../lambda/region-agent/need';
import { ifKnown } from '../../../../lambda/region-agent/observation';
import { type Situation, watchedMs, watchMs } from '../../../../lambda/region-agent/situation';
import { bytesBetween } from '../../../../lambda/runtime/lsn';
import { anySituation } from '../support/arbitrary';

const RUNS = 1_500;

/** Asks for the property of each of many decisions, and that `relevant` is true of enough of them to mean something. */
function always(
  relevant: (situation: Situation, decision: Decision) => boolean,
  property: (situation: Situation, decision: Decision) => void,
): void {
  let met = 0;
  fc.assert(
    fc.property(anySituation, (situation) => {
      const decision = decide(situation);
      if (!relevant(situation, decision)) return;
      met += 1;
      property(situation, decision);
    }),
    { numRuns: RUNS },
  );
  expect(met).toBeGreaterThan(5);
}

const any = (): boolean => true;
const claims = (_: Situation, { next }: Decision): boolean => next?.state === 'CLAIMED';
const grants = (_: Situation, { action }: Decision): boolean =>
  action?.kind === 'renew' || action?.kind === 'open';
const leads = ({ record, settings }: Situation): boolean => record.holder === settings.own;

/** The other side has handed over, and all of it is here. */
function handedOver({ record, managed, seen }: Situation): boolean {
  const replica = ifKnown(seen.database);
  if (record.state !== 'HANDOFF') return false;
  if (!managed) return true;
  return replica !== undefined && record.walLsn !== null && bytesBetween(replica.lsn, record.walLsn) <= 0n;
}

describe('in every situation', () => {
  it('a change of the record is one that the table allows', () => {
    always(
      (_, { next }) => next !== undefined,
      ({ record }, { next }) => expect(next && checkTransition(record, next)).toBeUndefined(),
    );
  });

  it('what is decided is said, in whole sentences', () => {
    always(any, (_, { sentence, page, limitation }) => {
      for (const said of [sentence, page ?? sentence, limitation ?? sentence]) {
        expect(said).toMatch(/^[A-Z].*[^.\s]\.$|^[a-z]{2}-[a-z]+-\d.*[^.\s]\.$/);
        expect(said).not.toMatch(/undefined|NaN|null|\[object|\.\.|\. \.|\s\s/);
      }
    });
  });

  it('the same situation has the same outcome', () => {
    fc.assert(
      fc.property(anySituation, (one) => expect(decide(one)).toEqual(decide(one))),
      { numRuns: 300 },
    );
  });

  it('each signal is given once', () => {
    always(any, (_, { signals = [] }) => expect(new Set(signals).size).toBe(signals.length));
  });
});

describe('a claim', () => {
  it('comes after a full watch, or out of a handing over of which nothing is missing', () => {
    always(claims, (situation) => {
      expect(watchedMs(situation) >= watchMs(situation) || handedOver(situation)).toBe(true);
    });
  });

  it('is made by the other side, of a platform that is protected, unless a person accepts the cost', () => {
    always(claims, (situation, { next }) => {
      const { record, settings } = situation;
      const handing = record.state === 'DRAINING' || record.state === 'HANDOFF';
      expect([record.holder === settings.own, next?.holder]).toEqual([false, settings.own]);
      expect(isProtected(record) || handing || isForced(situation)).toBe(true);
    });
  });

  it('is never made by a region without a fit replica', () => {
    always(
      (situation, decision) => claims(situation, decision) && situation.managed,
      (situation) => {
        const database = ifKnown(situation.seen.database);
        const instance = ifKnown(situation.seen.instance ?? situation.memory.instance?.said);
        const replica = database?.inRecovery && instance?.status === 'available' && instance.source !== null;
        const adopted = isForced(situation) && database?.inRecovery === false;
        expect(replica || adopted).toBe(true);
      },
    );
  });
});

describe('what a claim rests on', () => {
  it('is looked at in the same turn, and not only remembered', () => {
    always(
      (situation, decision) => claims(situation, decision) && situation.managed,
      (situation) => {
        const parts = needs(situation);
        expect([parts.has('database'), parts.has('instance')]).toEqual([true, true]);
      },
    );
  });
});

describe('a platform that an operator has frozen', () => {
  it('has no claim, no drain and no promotion that was not begun', () => {
    always(
      ({ record }) => record.frozen,
      ({ record }, { next, action }) => {
        const moves = ['CLAIMED', 'PROMOTING', 'DRAINING'].filter((state) => state !== record.state);
        expect(moves).not.toContain(next?.state);
        if (action?.kind === 'promote') expect(record.state).toBe('PROMOTING');
      },
    );
  });
});

describe('a promotion', () => {
  it('is asked for only with or after a record that says so, by the region that it is about', () => {
    always(
      (_, { action }) => action?.kind === 'promote',
      ({ record, settings }, { next }) => {
        const written = next ?? record;
        expect([written.state, written.holder]).toEqual(['PROMOTING', settings.own]);
      },
    );
  });

  it('is never taken back', () => {
    always(
      ({ record }) => record.state === 'PROMOTING',
      ({ record }, { next }) => {
        if (next)
          expect([next.holder, ['PROMOTING', 'SERVING'].includes(next.state)]).toEqual([record.holder, true]);
      },
    );
  });
});

describe('a lease', () => {
  it('is given only by the holder, to a primary, and never below an epoch that the fence knows', () => {
    always(grants, (situation) => {
      const database = ifKnown(situation.seen.database);
      expect(leads(situation)).toBe(true);
      expect(database?.inRecovery).toBe(false);
      expect(database?.lease.epoch).toBeLessThanOrEqual(situation.record.epoch);
    });
  });

  it('belongs to the record that is written before it', () => {
    always(grants, (_, { next, action }) => {
      const lease = action?.kind === 'renew' || action?.kind === 'open' ? action.lease : undefined;
      expect(next && [next.epoch, next.version]).toEqual(lease && [lease.epoch, lease.version]);
    });
  });

  it('ends at most T after the clock of its database, and the record tells no shorter one', () => {
    always(grants, ({ settings, seen }, { next, action }) => {
      const limitMs = action?.kind === 'renew' || action?.kind === 'open' ? action.lease.limitMs : Number.NaN;
      const clockMs = ifKnown(seen.database)?.clockMs ?? Number.NaN;
      expect(limitMs - clockMs).toBeLessThanOrEqual(settings.leaseSeconds * 1000);
      expect(next?.ttlSeconds).toBeGreaterThanOrEqual(settings.leaseSeconds);
    });
  });

  it('is given to no side that has claimed, drains or has handed over', () => {
    always(grants, ({ record }) => {
      expect(['SERVING', 'PROTECTED', 'REBUILDING', 'PROMOTING']).toContain(record.state);
    });
  });

  it('is never given while a person gives the lead to the other side', () => {
    always(
      ({ record, settings }) => record.operation?.kind === 'force' && record.operation.to === settings.other,
      (situation, decision) => {
        if (situation.record.state !== 'PROMOTING') expect(grants(situation, decision)).toBe(false);
      },
    );
  });
});

describe('the record', () => {
  it('tells of no shorter lease than may be out there', () => {
    always(
      (situation, { next }) => leads(situation) && situation.managed && next !== undefined,
      ({ record, seen }, { next }) => {
        const database = ifKnown(seen.database);
        const settled = database !== undefined && database.lease.version === record.version;
        const left = database ? (database.lease.limitMs - database.clockMs) / 1000 : 0;
        expect(next?.ttlSeconds).toBeGreaterThanOrEqual(
          settled ? Math.min(left, record.ttlSeconds) : record.ttlSeconds,
        );
      },
    );
  });

  it('is renewed by the holder alone', () => {
    always(
      ({ record }, { next }) => next?.state === record.state,
      (situation) => expect(leads(situation)).toBe(true),
    );
  });
});

describe('the alarms', () => {
  it('hear of every holder whose database is seen to take no writes', () => {
    always(
      (situation) => {
        const database = ifKnown(situation.seen.database);
        return situation.managed && leads(situation) && database !== undefined && !takesWrites(database);
      },
      (_, { signals }) => expect(signals).toContain('fenceClosed'),
    );
  });

  it('hear of every state that is no place to stay', () => {
    always(any, ({ record }, { signals }) => {
      const settled = record.state === 'SERVING' || record.state === 'PROTECTED';
      expect(signals?.includes('unsettled')).toBe(!settled);
    });
  });
});
