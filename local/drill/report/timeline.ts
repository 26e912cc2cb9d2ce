import { axisOf } from '../../../lib/drill/report/axis';
import { drawLanes, type Segment, type State } from '../../../lib/drill/report/lanes';
import type { DrillReport, Sample, Side } from '../model';
import { marksOf, spanOf } from './span';

interface Lane {
  readonly name: string;
  readonly at: (sample: Sample) => State;
}

const NOTHING: State = { kind: 'none', words: 'unknown' };

const region =
  (side: Side): Lane['at'] =>
  ({ alive }) =>
    alive[side] ? { kind: side, words: 'up' } : { kind: 'lost', words: 'gone' };

const database =
  (side: Side): Lane['at'] =>
  ({ databases }) => {
    const { role, open } = databases[side];
    if (role === 'off') return { kind: 'lost', words: 'off' };
    if (role === 'silent') return { kind: 'lost', words: 'silent' };
    if (role === 'replica') return { kind: 'replica', words: 'replica' };
    return open
      ? { kind: side, words: 'primary, takes writes' }
      : { kind: 'closed', words: 'primary, closed' };
  };

const lanes = ({ regions }: DrillReport): readonly Lane[] => [
  { name: `${regions.home} (home)`, at: region('home') },
  { name: `${regions.standby} (standby)`, at: region('standby') },
  {
    name: 'Who leads',
    at: ({ record }) =>
      record
        ? {
            kind: ['SERVING', 'PROTECTED', 'REBUILDING'].includes(record.state) ? record.holder : 'moving',
            words: `${record.holder}, epoch ${record.epoch}: ${record.state.toLowerCase()}`,
          }
        : NOTHING,
  },
  { name: 'Database in home', at: database('home') },
  { name: 'Database in standby', at: database('standby') },
  { name: 'The name leads to', at: ({ dns }) => (dns ? { kind: dns, words: dns } : NOTHING) },
];

/** Moments in a row with the same state, as one. */
export function segments(samples: readonly Sample[], at: Lane['at'], untilMs: number): Segment[] {
  const found: Segment[] = [];
  for (const [index, sample] of samples.entries()) {
    const state = at(sample);
    const end = samples[index + 1]?.atMs ?? untilMs;
    const last = found.at(-1);
    if (last && last.kind === state.kind && last.words === state.words) {
      found[found.length - 1] = { ...last, untilMs: end };
    } else found.push({ ...state, fromMs: sample.atMs, untilMs: end });
  }
  return found;
}

/** The regions, their databases, who leads and where the name leads, over time. */
export function timeline(report: DrillReport): string {
  const axis = axisOf(spanOf(report));
  const drawn = lanes(report).map(({ name, at }) => ({
    name,
    segments: segments(report.samples, at, axis.untilMs),
  }));
  const label = 'Regions, leadership, databases and the public name over time';
  return drawLanes(axis, drawn, marksOf(report), label);
}
