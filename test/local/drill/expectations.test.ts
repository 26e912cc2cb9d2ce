import { describe, expect, it } from '@jest/globals';
import type { Expectation } from '../../../lib/drill/model';
import { longestBlindness, tells } from '../../../local/drill/blindness';
import * as all from '../../../local/drill/expectations';
import { countJobs } from '../../../local/drill/jobs';
import type { DatabaseSample, Sample } from '../../../local/drill/model';
import { readsOf } from '../../../local/drill/reads';
import type { Evidence } from '../../../local/drill/scenario';
import {
  BEGAN,
  evidenceOf,
  failed,
  keptUp,
  led,
  look,
  OPEN,
  REPLICA,
  read,
  regionLoss,
  SILENT,
  write,
} from './evidence';

const LOSS = evidenceOf(regionLoss());
const quiet = (more: Partial<Parameters<typeof evidenceOf>[0]> = {}): Evidence =>
  evidenceOf({ samples: [look(0), look(500)], requests: [write('a', 0), write('b', 100)], ...more });
const story = (
  change: (one: ReturnType<typeof regionLoss>) => Partial<ReturnType<typeof regionLoss>>,
): Evidence => {
  const base = regionLoss();
  return evidenceOf({ ...base, ...change(base) });
};

const sideOf = (region: string) => (region === 'home' ? 'home' : 'standby');
const jobs = (...rows: readonly (readonly [job: string, region: 'home' | 'standby'])[]) =>
  countJobs(
    rows.map(([job, region], index) => ({ id: String(index), job, region })),
    sideOf,
  );

interface Case {
  readonly expect: (evidence: Evidence) => Expectation;
  readonly held: Evidence;
  /** What breaks it, and what it then says. */
  readonly broken: Readonly<Record<string, readonly [Evidence, string]>>;
}

const BOTH_OPEN = look(45_000, { ...led('standby', 2), databases: { home: OPEN, standby: OPEN } });
const MOVED = look(900, led('standby', 2));

const CASES: Readonly<Record<string, Case>> = {
  neverTwoWriters: {
    expect: all.neverTwoWriters,
    held: LOSS,
    broken: {
      'the side that was left wrote on, because its fence was removed': [
        story(({ requests }) => ({ requests: [...requests, write('x', 55_000)] })),
        '1 of 161 acknowledged writes began under an epoch that had ended',
      ],
      'two regions wrote under one epoch, because a lease was opened by hand': [
        quiet({ requests: [write('a', 0), write('b', 100, { by: 'standby' })] }),
        '1 of 2 acknowledged writes began under an epoch that had ended',
      ],
    },
  },
  neverTwoOpen: {
    expect: all.neverTwoOpen,
    held: LOSS,
    broken: {
      'the lease of the side that was left was opened again': [
        story(({ samples }) => ({ samples: [...samples, BOTH_OPEN] })),
        'both were open in 1 of 123 looks; for 0.5 s at most no look could tell',
      ],
      'nobody looked': [
        quiet({ samples: [] }),
        'both were open in 0 of 0 looks; for 0.0 s at most no look could tell',
      ],
      'the side that was left did not answer while the other one was open': [
        quiet({
          samples: keptUp([
            look(0),
            look(500, { databases: { home: OPEN, standby: SILENT } }),
            look(5_000),
            look(5_500),
          ]),
        }),
        'both were open in 0 of 12 looks; for 5.0 s at most no look could tell',
      ],
      'nobody looked for a while': [
        quiet({ samples: [look(0), look(4_040)] }),
        'both were open in 0 of 2 looks; for 4.0 s at most no look could tell',
      ],
    },
  },
  readsSeeWrites: {
    expect: all.readsSeeWrites,
    held: quiet({ requests: [write('a', 0), read('a', 100, true)] }),
    broken: {
      'an acknowledged row was not there': [
        quiet({ requests: [write('a', 0), read('a', 100, false), read('a', 200, true)] }),
        '1 of 2 reads did not; under a later epoch 0 did not find a row',
      ],
      'nobody read': [quiet(), '0 of 0 reads did not; under a later epoch 0 did not find a row'],
    },
  },
  archiveKeptUp: {
    expect: all.archiveKeptUp,
    held: quiet({ archiveBehindSeconds: 44, archiveBoundSeconds: 45 }),
    broken: {
      'it had stood still for minutes': [
        quiet({ archiveBehindSeconds: 180, archiveBoundSeconds: 45 }),
        'it ends 180.0 s before, and may end 45.0 s before',
      ],
      'salvage did not tell': [quiet({ archiveBoundSeconds: 45 }), 'nobody can say where it ends'],
    },
  },
  somethingSalvaged: {
    expect: all.somethingSalvaged,
    held: story(() => ({ salvage: { ids: new Set(['a99']), beyond: undefined } })),
    broken: { 'it is listed as lost only': [LOSS, '0 of 1 that are missing are listed'] },
  },
  nothingUnexplained: {
    expect: all.nothingUnexplained,
    held: LOSS,
    broken: {
      'a write is in no list': [
        story(({ present }) => ({ present: (present ?? []).filter((id) => id !== 'a3') })),
        '160 acknowledged: 158 present, 0 salvaged, 1 listed as lost, 1 unexplained',
      ],
      'nothing was written at all': [
        quiet({ requests: [failed('a', 0)] }),
        '0 acknowledged: 0 present, 0 salvaged, 0 listed as lost, 0 unexplained',
      ],
    },
  },
  noJobTwice: {
    expect: all.noJobTwice,
    held: { ...quiet(), jobs: jobs(['a', 'home'], ['b', 'standby']) },
    broken: {
      'a worker of the side that was left committed what the other one had': [
        { ...quiet(), jobs: jobs(['a', 'home'], ['b', 'standby'], ['b', 'home']) },
        '2 jobs were committed, 2 times by home and 1 times by standby; 1 of them twice',
      ],
      'no worker worked': [
        { ...quiet(), jobs: jobs() },
        '0 jobs were committed, 0 times by home and 0 times by standby; 0 of them twice',
      ],
    },
  },
  jobsBeforeAndAfter: {
    expect: all.jobsBeforeAndAfter,
    held: { ...quiet(), jobs: jobs(['a', 'home'], ['b', 'standby']) },
    broken: {
      'no worker began in the region that took over': [
        { ...quiet(), jobs: jobs(['a', 'home'], ['b', 'home']) },
        '2 were committed by home and 0 by standby',
      ],
      'none had worked in the region that led': [
        { ...quiet(), jobs: jobs(['a', 'standby']) },
        '0 were committed by home and 1 by standby',
      ],
    },
  },
  nothingLost: {
    expect: all.nothingLost,
    held: quiet(),
    broken: { 'a write is only listed as lost': [LOSS, '159 of 160 are in the database that leads'] },
  },
  writableWithinTheBound: {
    expect: all.writableWithinTheBound,
    held: LOSS,
    broken: {
      'it took longer': [
        story(() => ({ boundSeconds: 20 })),
        'writable after 30.0 s; the bound is 20.0 s and the promotion, which took 4.0 s',
      ],
      'it never came': [
        story(({ samples }) => ({ samples: samples.filter(({ atMs }) => atMs < BEGAN + 40_000) })),
        'writable after never; the bound is 60.0 s and the promotion, which took 4.0 s',
      ],
    },
  },
  servedByTheOther: {
    expect: all.servedByTheOther,
    held: LOSS,
    broken: {
      'clients stayed where nobody answers, because the health check was inverted': [
        story(({ requests }) => ({
          requests: requests.map((one) => (one.epoch === 2 ? failed(one.id ?? '', one.sentMs - BEGAN) : one)),
        })),
        '0 of the last 50 writes were taken there',
      ],
      'clients write in the region that led before': [
        story(({ requests }) => ({ requests: requests.map((one) => ({ ...one, by: 'home' as const })) })),
        '0 of the last 50 writes were taken there',
      ],
      'hardly anybody wrote': [quiet(), '0 of the last 2 writes were taken there'],
    },
  },
  protectedAgain: {
    expect: all.protectedAgain,
    held: quiet({ samples: [look(0, led('home', 1, 'PROTECTED'))] }),
    broken: {
      'the other side is silent': [
        quiet({
          samples: [look(0, { ...led('home', 1, 'PROTECTED'), databases: { home: OPEN, standby: SILENT } })],
        }),
        'the record says PROTECTED; home is primary, standby silent',
      ],
      'nobody said so': [quiet(), 'the record says SERVING; home is primary, standby replica'],
    },
  },
  nobodyMoved: {
    expect: all.nobodyMoved,
    held: quiet(),
    broken: {
      'somebody took over': [quiet({ samples: [look(0), MOVED] }), 'epochs seen: 1, 2'],
      'nobody knows': [quiet({ samples: [] }), 'epochs seen: none'],
    },
  },
  failedAfterOneRetry: {
    expect: all.failedAfterOneRetry(0),
    held: quiet({ requests: [write('a', 0), failed('b', 10), write('b', 20, { retried: true })] }),
    broken: {
      'a request failed twice': [LOSS, '1 of 161 failed twice; 1 failed at the first time'],
      'nobody asked': [quiet({ requests: [] }), '0 of 0 failed twice; 0 failed at the first time'],
    },
  },
  noneFailed: {
    expect: all.noneFailed,
    held: quiet(),
    broken: {
      'a request failed, and not when it was repeated': [
        quiet({ requests: [failed('b', 10), write('b', 20, { retried: true })] }),
        '1 of 1 failed at the first time',
      ],
      'nobody asked': [quiet({ requests: [] }), '0 of 0 failed at the first time'],
    },
  },
  atTheRate: {
    expect: all.atTheRate,
    held: quiet({ requests: Array.from({ length: 20 }, (_, i) => write(String(i), i * 50)) }),
    broken: {
      'the clients could not send as much': [
        quiet({ requests: Array.from({ length: 20 }, (_, i) => write(String(i), i * 60)) }),
        '18 a second, 20 in all',
      ],
      'nobody asked': [quiet({ requests: [] }), '0 a second, 0 in all'],
    },
  },
  answeredWithin: {
    expect: all.answeredWithin({ p50: 100, p95: 350, p99: 1_000 }),
    held: quiet(),
    broken: {
      'half of them take longer': [
        quiet({ requests: [write('a', 0), write('b', 0, { endedMs: BEGAN + 101 })] }),
        '101 ms, 101 ms and 101 ms',
      ],
      'one in fifty takes longer': [
        quiet({
          requests: Array.from({ length: 100 }, (_, i) =>
            i < 2 ? write(String(i), 0, { endedMs: BEGAN + 1_001 }) : write(String(i), 0),
          ),
        }),
        '10 ms, 10 ms and 1001 ms',
      ],
      'nobody was answered': [quiet({ requests: [failed('a', 0)] }), 'nobody was answered'],
    },
  },
  writesPausedAtMost: {
    expect: all.writesPausedAtMost(30),
    held: quiet(),
    broken: { 'they paused for longer': [LOSS, 'the longest time without an acknowledged write was 40.1 s'] },
  },
};

describe.each(Object.entries(CASES))('%s', (_, { expect: judge, held, broken }) => {
  it('holds', () => {
    expect(judge(held)).toMatchObject({ held: true });
  });

  it.each(Object.entries(broken))('is broken if %s', (_, [evidence, found]) => {
    expect(judge(evidence)).toMatchObject({ held: false, found });
  });
});

it('each expectation is tried here', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(all).sort());
});

it('a platform without a queue has no job to commit', () => {
  for (const asked of [all.noJobTwice, all.jobsBeforeAndAfter])
    expect(asked(quiet())).toMatchObject({ held: true, found: 'the platform has no queue' });
});

it('a replica that is read is no second writer', () => {
  const samples = [look(0, { databases: { home: OPEN, standby: REPLICA } })];
  expect(all.neverTwoOpen(quiet({ samples })).held).toBe(true);
});

describe('the effects of jobs', () => {
  it('are one where both databases have the row, and two where each has one of its own', () => {
    const home = { id: 'a', job: 'mail', region: 'home' };
    expect(countJobs([home, { ...home }], sideOf)).toEqual({
      committed: 1,
      twice: [],
      by: { home: 1, standby: 0 },
    });
    const other = { id: 'b', job: 'mail', region: 'standby' };
    expect(countJobs([home, other], sideOf).twice).toEqual(['mail']);
  });
});

describe('a look', () => {
  const blind = (...samples: readonly Sample[]) => longestBlindness(samples);
  const both = (home: DatabaseSample, standby: DatabaseSample) => ({ databases: { home, standby } });

  it.each([
    ['both answered', both(OPEN, REPLICA)],
    ['one is known to be closed, whatever the other one is', both(SILENT, REPLICA)],
    ['one was ended', both(SILENT, { role: 'off', open: false })],
    ['one region is gone', { ...both(OPEN, SILENT), alive: { home: true, standby: false } }],
    ['both are open', both(OPEN, OPEN)],
  ] as const)('tells if %s', (_, one) => {
    expect(tells(look(0, one))).toBe(true);
  });

  it.each([
    ['the other one is open', OPEN],
    ['the other one does not answer either', SILENT],
  ])('tells nothing of a database that does not answer, if %s', (_, other) => {
    expect(tells(look(0, both(other, SILENT)))).toBe(false);
  });

  it('that tells nothing is as none, also at the beginning and at the end', () => {
    const dark = both(OPEN, SILENT);
    expect(blind(look(0, dark), look(3_000), look(3_500), look(4_000, dark))).toBe(3);
    expect(blind(look(0), look(500), look(9_000, dark))).toBe(8.5);
    expect(blind()).toBe(0);
  });
});

describe('a read', () => {
  const reads = (...requests: Parameters<typeof readsOf>[0]) => readsOf(requests);

  it('counts only if it began after the row had been acknowledged, and was answered', () => {
    const { found, ...failure } = read('a', 500, false);
    expect(reads(write('a', 0), read('a', 5, false), failure, read('b', 500, false)).asked).toBe(0);
  });

  it('of another region or an earlier epoch proves nothing, and one of a later epoch is told apart', () => {
    const taken = write('a', 0, { epoch: 2 });
    expect(
      reads(
        taken,
        read('a', 100, false, { epoch: 2, by: 'standby' }),
        read('a', 100, false, { epoch: 1 }),
        read('a', 100, false, { epoch: 3, by: 'standby' }),
      ),
    ).toEqual({ asked: 0, blind: 0, later: 1 });
  });
});
