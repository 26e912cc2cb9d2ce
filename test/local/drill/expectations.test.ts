import { describe, expect, it } from '@jest/globals';
import type { Expectation } from '../../../lib/drill/model';
import * as all from '../../../local/drill/expectations';
import { countJobs } from '../../../local/drill/jobs';
import type { Evidence } from '../../../local/drill/scenario';
import { BEGAN, evidenceOf, failed, led, look, OPEN, REPLICA, regionLoss, SILENT, write } from './evidence';

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
        'both were open in 1 of 9 looks',
      ],
      'nobody looked': [quiet({ samples: [] }), 'both were open in 0 of 0 looks'],
    },
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
        story(({ samples }) => ({ samples: samples.slice(0, 5) })),
        'writable after never; the bound is 60.0 s and the promotion, which took never',
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
