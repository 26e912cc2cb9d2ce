import { describe, expect, it } from '@jest/globals';
import { figuresOf, writableAt } from '../../../local/drill/figures';
import {
  BEGAN,
  CLOSED,
  evidenceOf,
  failed,
  led,
  look,
  OPEN,
  REPLICA,
  regionLoss,
  SILENT,
  write,
} from './evidence';

const NONE = new Set<string>();
const figures = (records: Parameters<typeof figuresOf>[0], atMs?: number) =>
  figuresOf(records, NONE, atMs === undefined ? {} : { atMs: BEGAN + atMs });

describe('the figures of a loss', () => {
  const { figures: found, writableMs } = evidenceOf(regionLoss());

  it('count from the beginning of the trouble to the first write of a client under a new epoch', () => {
    expect(found.rtoSeconds).toBe(40.01);
  });

  it('tell when a database took writes, and how long the promotion took', () => {
    expect([(writableMs ?? 0) - BEGAN, found.promotionSeconds]).toEqual([40_000, 4]);
  });

  it('tell how much time is missing', () => {
    expect(found.rpoSeconds).toBe(0.09);
  });

  it('tell the longest time without a write', () => {
    expect(found.longestGapSeconds).toBe(40.1);
  });

  it('count requests once, and failures before and after the repetition', () => {
    expect([found.requests, found.failed, found.failedAfterRetry]).toEqual([161, 1, 1]);
  });
});

describe('what is missing', () => {
  it('ends with the last write of a side that went on after it was cut off', () => {
    const records = [write('a', 0), write('b', 900), write('c', 5_000), write('d', 9_000, { epoch: 2 })];
    const { rpoSeconds } = figuresOf(records, new Set(['b', 'c']), { atMs: BEGAN + 1_000 });
    expect(rpoSeconds).toBe(4.1);
  });

  it('is nothing if nothing is missing, and not told without trouble', () => {
    expect([figures([write('a', 0)], 500).rpoSeconds, figures([write('a', 0)]).rpoSeconds]).toEqual([
      0,
      undefined,
    ]);
  });
});

describe('a time without writes', () => {
  it('goes on to the end if they never come back', () => {
    expect(figures([write('a', 0), failed('b', 20_000)]).longestGapSeconds).toBe(20);
  });

  it('begins with the first request', () => {
    expect(figures([failed('b', 0), write('a', 7_000)]).longestGapSeconds).toBe(7.01);
  });

  it('is nothing if nobody asked', () => {
    expect(figures([]).longestGapSeconds).toBe(0);
  });
});

describe('the moment at which writes are taken again', () => {
  const trouble = { atMs: BEGAN + 100 };
  const taken = { ...led('standby', 2), databases: { home: SILENT, standby: OPEN } };

  it('is none under the old epoch', () => {
    expect(writableAt([look(0), look(200), look(300)], trouble)).toBeUndefined();
  });

  it('is none while the database of the holder is closed', () => {
    const closed = look(200, { ...led('standby', 2), databases: { home: OPEN, standby: CLOSED } });
    expect(writableAt([look(0), closed, look(300, taken)], trouble)).toBe(BEGAN + 300);
  });

  it('is measured from the last record that was seen, also if a look missed it', () => {
    const { record, ...blind } = look(90);
    expect(writableAt([look(0), blind, look(200)], trouble)).toBeUndefined();
  });

  it('is not known if nobody had seen a record before', () => {
    expect(writableAt([look(200, taken)], trouble)).toBeUndefined();
  });

  it('is not asked for without trouble', () => {
    expect(
      writableAt([look(0), look(1, { databases: { home: CLOSED, standby: REPLICA } })], {}),
    ).toBeUndefined();
  });
});

describe('latencies', () => {
  it('are those of good answers', () => {
    const records = Array.from({ length: 100 }, (_, number) =>
      write(`w${number}`, number, { endedMs: BEGAN + number + number + 1 }),
    );
    const { p50, p95, p99 } = figures([...records, failed('f', 0)]).latencyMs;
    expect([p50, p95, p99]).toEqual([51, 96, 100]);
  });
});
