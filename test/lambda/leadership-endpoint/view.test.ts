import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstRecord, type LeadershipRecord } from '../../../lambda/leader/record';
import {
  FRESH_MS,
  type Knowledge,
  LAST_KNOWN_MS,
  LeadershipView,
  PATIENCE_MS,
} from '../../../lambda/leadership-endpoint/view';
import { FakeClock } from '../../support/fake-clock';

const record = firstRecord('us-east-1', 60, 5);

/** A table that answers as the test says, and counts. */
class FakeReader {
  reads = 0;
  answer: LeadershipRecord | undefined | Error = record;
  /** Time that a read takes, in milliseconds. */
  delayMs = 0;

  constructor(private readonly clock: FakeClock) {}

  async read(): Promise<LeadershipRecord | undefined> {
    this.reads += 1;
    const { answer } = this;
    if (this.delayMs > 0) await this.clock.sleep(this.delayMs);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

function scene(region = 'us-east-2') {
  const clock = new FakeClock();
  const reader = new FakeReader(clock);
  const view = new LeadershipView(reader, clock, region);
  return { clock, reader, view, ask: (): Promise<Knowledge> => clock.run(view.current()) };
}

const down = new Error('The table is down.');

describe('what the endpoint knows', () => {
  it('serves a read for less than one second, and reads again at exactly one', async () => {
    const { clock, reader, ask } = scene();
    await ask();
    await clock.advance(FRESH_MS - 1);
    await ask();
    expect(reader.reads).toBe(1);
    await clock.advance(1);
    await ask();
    expect(reader.reads).toBe(2);
  });

  it('shares one read among requests that come at once', async () => {
    const { clock, reader, view } = scene();
    reader.delayMs = 500;
    const answers = await clock.run(Promise.all([view.current(), view.current(), view.current()]));
    expect(reader.reads).toBe(1);
    expect(answers.every(({ kind }) => kind === 'known')).toBe(true);
  });

  it('keeps the last known state to exactly fifteen minutes after failed reads, not a millisecond more', async () => {
    const { clock, reader, ask } = scene();
    await ask();
    reader.answer = down;
    await clock.advance(LAST_KNOWN_MS);
    expect(await ask()).toEqual({
      kind: 'known',
      record,
      readAt: clock.now() - LAST_KNOWN_MS,
      ageMs: LAST_KNOWN_MS,
      failure: 'The table is down.',
    });
    await clock.advance(1);
    expect(await ask()).toEqual({ kind: 'unknown', failure: 'The table is down.' });
  });

  it('remembers of its own region that it leads no longer than a lease: cut off, it is closed by then', async () => {
    const { clock, reader, ask } = scene(record.holder);
    await ask();
    reader.answer = down;
    await clock.advance(record.ttlSeconds * 1000);
    expect((await ask()).kind).toBe('known');
    await clock.advance(1);
    expect((await ask()).kind).toBe('unknown');
  });

  it('knows nothing if no read ever succeeded', async () => {
    const { reader, ask } = scene();
    reader.answer = down;
    expect(await ask()).toEqual({ kind: 'unknown', failure: 'The table is down.' });
  });

  it('asks a table that failed no more than once a second', async () => {
    const { clock, reader, ask } = scene();
    reader.answer = down;
    await ask();
    await clock.advance(FRESH_MS - 1);
    await ask();
    expect(reader.reads).toBe(1);
    await clock.advance(1);
    await ask();
    expect(reader.reads).toBe(2);
  });

  it('forgets a failure with the next success, and counts the fifteen minutes from there', async () => {
    const { clock, reader, ask } = scene();
    await ask();
    reader.answer = down;
    await clock.advance(LAST_KNOWN_MS - 1_000);
    await ask();
    reader.answer = { ...record, version: 2 };
    await clock.advance(2_000);
    expect(await ask()).toMatchObject({ kind: 'known', record: { version: 2 }, ageMs: 0 });
    reader.answer = down;
    await clock.advance(LAST_KNOWN_MS);
    expect((await ask()).kind).toBe('known');
  });

  it('answers the last known state in time for Route 53 while a read hangs, and takes up what it brings', async () => {
    const { clock, reader, ask } = scene();
    await ask();
    await clock.advance(FRESH_MS);
    reader.delayMs = 5_000;
    reader.answer = { ...record, version: 2 };
    const begun = clock.now();
    expect(await ask()).toMatchObject({ kind: 'known', record: { version: 1 } });
    expect(clock.now() - begun).toBe(PATIENCE_MS);
    await clock.advance(5_000 - PATIENCE_MS);
    reader.answer = down;
    // The read counts from its beginning, so it is not fresh any more; it still is the last known state.
    reader.delayMs = 0;
    expect(await ask()).toMatchObject({
      kind: 'known',
      record: { version: 2 },
      failure: 'The table is down.',
    });
  });

  it('says that the table is slow once what it answers is older than its patience', async () => {
    const { clock, reader, ask } = scene();
    await ask();
    reader.delayMs = 60_000;
    await clock.advance(10_000);
    expect(await ask()).toMatchObject({ kind: 'known', failure: 'The table is slow to answer.' });
  });

  it('waits for a slow read if it has nothing else to answer', async () => {
    const { clock, reader, ask } = scene();
    reader.delayMs = 8_000;
    const begun = clock.now();
    expect((await ask()).kind).toBe('known');
    expect(clock.now() - begun).toBe(8_000);
  });

  it('reads anew when the clock of the host steps back', async () => {
    const { clock, reader, ask } = scene();
    await ask();
    clock.set(clock.now() - 60_000);
    await ask();
    expect(reader.reads).toBe(2);
  });

  it('never knows a record that was read more than fifteen minutes ago, and asks at most once a second', async () => {
    const step = fc.record({
      afterMs: fc.oneof(
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 0, max: LAST_KNOWN_MS + 2_000 }),
      ),
      works: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { clock, reader, ask } = scene();
        let version = 1;
        let lastSuccess: { at: number; version: number } | undefined;
        let lastRead = Number.NEGATIVE_INFINITY;
        for (const { afterMs, works } of steps) {
          await clock.advance(afterMs);
          version += 1;
          reader.answer = works ? { ...record, version } : down;
          const before = reader.reads;
          const known = await ask();
          if (reader.reads > before) {
            expect(clock.now() - lastRead).toBeGreaterThanOrEqual(FRESH_MS);
            lastRead = clock.now();
            if (works) lastSuccess = { at: lastRead, version };
          }
          const age = lastSuccess ? clock.now() - lastSuccess.at : Number.POSITIVE_INFINITY;
          expect(known.kind).toBe(age <= LAST_KNOWN_MS ? 'known' : 'unknown');
          if (known.kind === 'known') expect(known.record?.version).toBe(lastSuccess?.version);
        }
      }),
      { numRuns: 60 },
    );
  });
});
