import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import {
  claimed,
  promoting,
  protectedAgain,
  rebuilding,
  serving,
  withdrawn,
} from '../../../lambda/leader/steps';
import { type Counts, NotLookedAfter, turn } from '../../../lambda/shared-files/turn';
import { FakeClock } from '../../support/fake-clock';
import { asked, HOME, RECORDS, RENEWAL, STANDBY } from '../leader/records';
import { settingsOf, TwoRegions } from './fakes';

const clock = new FakeClock();
const silent = () => {};
const LSN = { receiveLsn: null, replayLsn: null };

/** One run of the function of a region; a late one goes by a record that was read before. */
async function run(regions: TwoRegions, own: string, record = regions.record): Promise<Counts | undefined> {
  let counted: Counts | undefined;
  await turn({ ...regions.world(own), leadership: { read: async () => record } }, settingsOf(own), {
    clock,
    log: silent,
    count: (counts) => {
      counted = counts;
    },
  });
  return counted;
}

/** Runs in both regions, and all that they wait for, until nothing changes any more. */
async function converge(regions: TwoRegions): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    for (const region of [HOME, STANDBY]) await run(regions, region);
    for (const job of regions.jobs) if (job.state === 'running') job.state = 'done';
    regions.settle();
    regions.sync(clock.now());
    await clock.advance(60_000);
  }
}

const other = (region: string): string => (region === HOME ? STANDBY : HOME);
const taken = (record: LeadershipRecord): LeadershipRecord =>
  serving(promoting(claimed(record, other(record.holder), 'takeover', 'Silence.'), LSN), RENEWAL);

describe('the shared files of a platform', () => {
  it('are copied to the standby after the first deployment, once both sides are there', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    regions.write(HOME);
    await converge(regions);
    expect(regions.log).toEqual([
      `${STANDBY} gives up`,
      `${STANDBY} saves`,
      `${HOME} copies over fs-standby`,
    ]);
    expect(regions.side(STANDBY).content).toEqual(regions.side(HOME).content);
  });

  it('become writable where the lead goes, and the lost side keeps what it had until failback', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    await converge(regions);
    regions.write(HOME);
    const left = taken(RECORDS.initial);
    regions.record = left;
    await converge(regions);
    expect(regions.side(STANDBY).protection).toBe('ENABLED');
    expect([...regions.side(HOME).content]).toEqual([1]);
  });

  it('are turned round by a failback, and what only the lost side had is in a recovery point', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    await converge(regions);
    regions.record = taken(RECORDS.initial);
    regions.write(HOME);
    // Home is away: only the standby runs, and nothing is synchronized any more.
    await run(regions, STANDBY);
    regions.settle();
    regions.write(STANDBY);
    await converge(regions);
    expect([...regions.side(HOME).content]).toEqual([1]);
    regions.record = rebuilding(regions.record, asked('failback', HOME));
    await converge(regions);
    expect([...regions.side(HOME).content]).toEqual([2]);
    expect([...(regions.jobs.at(-1)?.content ?? [])]).toEqual([1]);
    expect(regions.copying).toMatchObject({ source: 'fs-standby', destination: 'fs-home' });
  });

  it('get one recovery point from two runs at once, and another one if it fails', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    await run(regions, STANDBY);
    await Promise.all([run(regions, STANDBY), run(regions, STANDBY)]);
    expect(regions.jobs).toHaveLength(1);
    for (const job of regions.jobs) job.state = 'failed';
    await run(regions, STANDBY);
    expect(regions.jobs).toHaveLength(2);
  });

  it('are saved anew each time that they are given up, also in the same epoch', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    await converge(regions);
    regions.end();
    regions.settle();
    regions.write(STANDBY);
    await converge(regions);
    expect(regions.jobs.map(({ content }) => [...content])).toEqual([[], [1]]);
    expect(regions.lost()).toEqual([]);
  });

  it('are left alone before there is a record', async () => {
    const regions = new TwoRegions(undefined);
    await converge(regions);
    expect(regions.log).toEqual([]);
  });

  it('count as uncopied in the region that leads, and are not counted in the other one', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    await expect(run(regions, HOME)).resolves.toEqual({ uncopied: 1, readOnly: 0 });
    await expect(run(regions, STANDBY)).resolves.toBeUndefined();
    await converge(regions);
    await expect(run(regions, HOME)).resolves.toEqual({ uncopied: 0, readOnly: 0 });
  });

  it('count as read only in the region that leads until EFS has ended the copying, also if it refuses to', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    await converge(regions);
    const record = taken(RECORDS.initial);
    regions.record = record;
    const world = regions.world(STANDBY);
    const files = { ...world.files, endCopy: () => Promise.reject(new Error('EFS waits for home.')) };
    const counted: Counts[] = [];
    const count = (counts: Counts) => void counted.push(counts);
    const failed = turn({ ...world, files }, settingsOf(STANDBY), { clock, log: silent, count });
    await expect(failed).rejects.toThrow('EFS waits for home.');
    expect(counted).toMatchObject([{ readOnly: 1 }]);
    await expect(run(regions, STANDBY)).resolves.toMatchObject({ readOnly: 1 });
    await expect(run(regions, STANDBY)).resolves.toMatchObject({ readOnly: 1 });
    regions.settle();
    await expect(run(regions, STANDBY)).resolves.toEqual({ uncopied: 0, readOnly: 0 });
  });

  it('are looked after one by one: a service that fails keeps no other one waiting', async () => {
    const regions = new TwoRegions(RECORDS.initial);
    const settings = settingsOf(STANDBY);
    const world = regions.world(STANDBY);
    const files = {
      ...world.files,
      look: (id: string) =>
        id === 'fs-broken' ? Promise.reject(new Error('EFS is away.')) : world.files.look(id),
    };
    const folders = [
      { service: 'broken', fileSystem: 'fs-broken', parameter: '/p', standbyTasks: 0 },
      ...settings.folders,
    ];
    const failed = turn({ ...world, files }, { ...settings, folders }, { clock, log: silent, count: silent });
    await expect(failed).rejects.toThrow(NotLookedAfter);
    await expect(failed).rejects.toThrow('broken: EFS is away.');
    expect(regions.log).toEqual([`${STANDBY} gives up`]);
  });
});

/** What can happen to a platform, in any order. */
type Event =
  | { readonly kind: 'run' | 'late' | 'write'; readonly region: string }
  | { readonly kind: Happening };
const HAPPENINGS = [
  'take',
  'withdraw',
  'failback',
  'protect',
  'end',
  'sync',
  'settle',
  'save',
  'fail',
] as const;
type Happening = (typeof HAPPENINGS)[number];

const inRegion = (...kinds: readonly ('run' | 'late' | 'write')[]): fc.Arbitrary<Event> =>
  fc.record({ kind: fc.constantFrom(...kinds), region: fc.constantFrom(HOME, STANDBY) });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: inRegion('run') },
  { weight: 3, arbitrary: inRegion('write', 'late') },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom(...HAPPENINGS) }) },
);

/** @param before the record that a late run goes by */
async function happen(
  regions: TwoRegions,
  one: Event,
  before: LeadershipRecord | undefined = regions.record,
): Promise<void> {
  const record = regions.record ?? RECORDS.initial;
  const isDone = record.state === 'SERVING' || record.state === 'PROTECTED';
  switch (one.kind) {
    case 'run':
      return run(regions, one.region).then(silent);
    case 'late':
      // EFS may refuse what a late run asks for.
      return run(regions, one.region, before).then(silent, silent);
    case 'write':
      return regions.write(one.region);
    case 'take':
      regions.record = taken(record);
      return;
    case 'withdraw':
      regions.record = withdrawn(claimed(record, other(record.holder), 'takeover', 'Silence.'), 'Back.');
      return;
    case 'failback':
      if (isDone) regions.record = rebuilding(record, asked('failback', other(record.holder)));
      return;
    case 'protect':
      if (record.state === 'REBUILDING') regions.record = protectedAgain(record);
      return;
    case 'end':
      return regions.end();
    case 'sync':
      return regions.sync(clock.now());
    case 'settle':
      return regions.settle();
    case 'save':
    case 'fail':
      for (const job of regions.jobs)
        if (job.state === 'running') job.state = one.kind === 'save' ? 'done' : 'failed';
  }
}

describe('whatever happens', () => {
  it('nothing that was written is overwritten everywhere, also by runs that come late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), async (events) => {
        const regions = new TwoRegions(RECORDS.initial);
        let [before, latest] = [regions.record, regions.record];
        for (const one of events) {
          await happen(regions, one, before);
          expect(regions.lost()).toEqual([]);
          if (regions.record !== latest) [before, latest] = [latest, regions.record];
          await clock.advance(1000);
        }
      }),
      { numRuns: 300 },
    );
  }, 20_000);

  it('the files of the region that leads take writes in the end, and the other side is their copy after a failback', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const regions = new TwoRegions(RECORDS.initial);
        for (const one of events) await happen(regions, one);
        await converge(regions);
        const record = regions.record ?? RECORDS.initial;
        expect(regions.side(record.holder).protection).toBe('ENABLED');
        regions.record = rebuilding({ ...record, state: 'SERVING' }, asked('failback', other(record.holder)));
        await converge(regions);
        expect(regions.copying?.source).toBe(regions.side(record.holder).id);
      }),
      { numRuns: 100 },
    );
  }, 20_000);
});
