import { lsnText } from '../archive/format/positions';
import type { METRICS } from './contract';
import type { Done, Tally } from './tally';

/** A run, or what was done since the last report, as a line of the log and as the values that alarms look at. */
export interface Report {
  readonly sentence: string;
  readonly metrics: Readonly<Partial<Record<keyof typeof METRICS, number>>>;
}

/** Why a session ended, as the end of a sentence. */
export type Ending =
  | 'caught up'
  | 'time up'
  | 'stopped'
  | 'leadership changed'
  | 'database gone'
  | 'busy'
  | 'not the writer'
  | 'under way';

const HEALTHY = ['reserved', 'extended'];

/** @param nowMs by which heartbeats are sent */
export function progressReport(tally: Tally, ending: Ending, nowMs: number): Report {
  const { status, far } = tally;
  const slot = status?.slot;
  const done = tally.take();
  const made = done.slotMade ? 'The slot was missing or lost, and was made anew.' : '';
  const sentences = [made, done.gap ?? '', archived(tally, done), ENDINGS[ending]];
  return {
    sentence: sentences.filter(Boolean).join(' '),
    metrics: {
      lagSeconds: tally.takeLagSeconds(nowMs),
      gaps: Number(done.gap !== null),
      transactions: done.transactions,
      segments: done.segments,
      bytes: done.storedBytes,
      ...(far ? { farLagSeconds: far.lagSeconds, farBehind: Number(!far.awaited) } : {}),
      ...(status ? { unarchivable: status.unarchivable } : {}),
      ...(slot
        ? { slotBytes: slot.keptBytes, slotEndangered: Number(!HEALTHY.includes(slot.walStatus)) }
        : {}),
    },
  };
}

const ENDINGS: Readonly<Record<Ending, string>> = {
  'caught up': 'All that was there is archived.',
  'time up': 'The time of the run is up.',
  stopped: 'It was told to stop.',
  'leadership changed': 'The lease is of another epoch now.',
  'database gone': 'The database ended the session.',
  busy: 'Another run reads the slot.',
  'not the writer': '',
  'under way': '',
};

function archived({ durableLsn, far }: Tally, { transactions, segments, storedBytes }: Done): string {
  if (segments === 0) return 'Archived nothing new.';
  const up = durableLsn === undefined ? 'nothing is acknowledged yet' : `up to ${lsnText(durableLsn)}`;
  const where = far?.awaited
    ? 'durable in both regions'
    : `durable in this region only${far?.failure === undefined ? '' : ` (${far.failure})`}`;
  return (
    `Archived ${count(transactions, 'transaction')} in ${count(segments, 'segment')} ` +
    `(${(storedBytes / (1 << 20)).toFixed(1)} MiB), ${up}, ${where}.`
  );
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
