import type { Workload } from './simulate';

/** A time of the day and what arrives each second from then on. */
export type Moment = readonly [time: `${number}:${number}`, perSecond: number];

/** A day of a service, and what its tasks are taken to manage. */
export interface Timeline {
  readonly platform: string;
  readonly service: string;
  /** What arrives, for a person: `requests/s`. */
  readonly unit: string;
  readonly moments: readonly Moment[];
  readonly perTask: number;
  readonly waits: boolean;
}

/** A change takes so long, in seconds. */
const RAMP = 120;

/**
 * One morning of each service that is scaled: quiet, normal from 09:00, a spike at 10:00, and what comes after it. Rates
 * are chosen so that the spike needs nearly all tasks that the file allows; what a task manages is taken from the
 * system's own figures where it names one (500 requests a second in jackcwf, 10 in prodstack's backend, 100 jobs a second
 * by 50 workers, 1000 requests a second for 300 s in mercator-jupiter).
 */
export const TIMELINES: readonly Timeline[] = [
  {
    platform: 'jackcwf',
    service: 'app',
    unit: 'requests/s',
    perTask: 500,
    waits: false,
    moments: [
      ['8:30', 300],
      ['9:00', 1000],
      ['10:00', 3500],
      ['10:40', 1800],
      ['11:15', 900],
    ],
  },
  {
    platform: 'ops-center',
    service: 'backend',
    unit: 'requests/s',
    perTask: 100,
    waits: false,
    moments: [
      ['8:30', 60],
      ['9:00', 180],
      ['10:00', 620],
      ['10:40', 350],
      ['11:15', 150],
    ],
  },
  {
    platform: 'prodstack',
    service: 'backend',
    unit: 'requests/s',
    perTask: 15,
    waits: false,
    moments: [
      ['8:30', 20],
      ['9:00', 60],
      ['10:00', 190],
      ['10:40', 110],
      ['11:15', 50],
    ],
  },
  {
    platform: 'prodstack',
    service: 'frontend',
    unit: 'requests/s',
    perTask: 1000,
    waits: false,
    moments: [
      ['8:30', 500],
      ['9:00', 1500],
      ['10:00', 4500],
      ['10:40', 2500],
      ['11:15', 1200],
    ],
  },
  {
    platform: 'prodstack',
    service: 'worker',
    unit: 'jobs/s',
    perTask: 2,
    waits: true,
    moments: [
      ['8:30', 5],
      ['9:00', 15],
      ['10:00', 90],
      ['10:40', 40],
      ['11:15', 12],
    ],
  },
  {
    platform: 'mercator-jupiter',
    service: 'gateway',
    unit: 'requests/s',
    perTask: 160,
    waits: false,
    moments: [
      ['8:30', 90],
      ['9:00', 300],
      ['10:00', 1000],
      ['10:05', 500],
      ['11:15', 200],
    ],
  },
];

const seconds = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 3600 + minutes * 60;
};

export const SPAN = { from: seconds('8:30'), to: seconds('12:00'), step: 60 };

/** @param noise factor at a time, about 1; the same time always has the same */
export function workloadOf({ moments, perTask, waits }: Timeline, noise: (time: number) => number): Workload {
  return { arrivals: (time) => Math.max(0, rateAt(moments, time) * noise(time)), perTask, waits };
}

/** The rate of the latest moment, into which that of the one before runs over. */
export function rateAt(moments: readonly Moment[], time: number): number {
  let rate = moments[0]?.[1] ?? 0;
  for (const [at, next] of moments) {
    const passed = time - seconds(at);
    if (passed < 0) break;
    rate += (next - rate) * Math.min(1, passed / RAMP);
  }
  return rate;
}

/** A generator of numbers from 0 to 1 (mulberry32): the same picture each time. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns a factor for each ten seconds, within `share` above and below 1 */
export function noiseOf(share: number, seed: number): (time: number) => number {
  const random = randomFrom(seed);
  const known = new Map<number, number>();
  return (time) => {
    const at = Math.floor(time / 10);
    const factor = known.get(at) ?? 1 + share * (2 * random() - 1);
    known.set(at, factor);
    return factor;
  };
}
