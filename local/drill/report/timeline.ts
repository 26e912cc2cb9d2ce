import type { DrillReport, Sample, Side } from '../model';
import { type Axis, axisOf, LEFT, markers, ticks, WIDTH } from './axis';
import { html } from './html';

/** What a lane shows at a moment: a class for its colour, and words. */
interface State {
  readonly kind: string;
  readonly words: string;
}

interface Lane {
  readonly name: string;
  readonly at: (sample: Sample) => State;
}

const LANE = 30;
const TOP = 6;
const BOTTOM = 24;
/** Narrower ones are drawn without their words. */
const WORDS_FROM = 46;
const LETTER = 6.4;

const NOTHING: State = { kind: 'none', words: 'unknown' };

const region =
  (side: Side): Lane['at'] =>
  ({ alive }) =>
    alive[side] ? { kind: side, words: 'up' } : { kind: 'lost', words: 'gone' };

const database =
  (side: Side): Lane['at'] =>
  ({ databases }) => {
    const { role, open } = databases[side];
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

interface Segment extends State {
  readonly fromMs: number;
  readonly untilMs: number;
}

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
  const axis = axisOf(report);
  const rows = lanes(report);
  const height = TOP + rows.length * LANE + BOTTOM;
  const drawn = rows.map((lane, row) => drawLane(lane, row, report, axis)).join('');
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Regions, leadership, databases and the public name over time">${ticks(axis, height)}${drawn}${markers(axis, report, height)}</svg>`;
}

function drawLane({ name, at }: Lane, row: number, { samples }: DrillReport, axis: Axis): string {
  const y = TOP + row * LANE;
  const bars = segments(samples, at, axis.untilMs).map(({ kind, words, fromMs, untilMs }) => {
    const [x, width] = [axis.x(fromMs), Math.max(1, axis.x(untilMs) - axis.x(fromMs))];
    const room = Math.floor((width - 8) / LETTER);
    const shown =
      width < WORDS_FROM ? '' : words.length > room ? `${words.slice(0, Math.max(1, room - 1))}…` : words;
    const seconds = ((untilMs - fromMs) / 1000).toFixed(1);
    return `<g><title>${html(`${name}: ${words}, for ${seconds} s`)}</title><rect class="bar ${kind}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${LANE - 8}" rx="3"/><text class="word ${kind}" x="${(x + 5).toFixed(1)}" y="${y + 15}">${html(shown)}</text></g>`;
  });
  return `<text class="lane" x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${html(name)}</text>${bars.join('')}`;
}
