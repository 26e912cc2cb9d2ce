import type { Role } from '../config/platform';
import type { RegionView, ServiceView, Store } from './model';
import type { Box, Label } from './shapes';

/** One region as it is drawn: boxes below each other, of the same height in both, so that lines between them are level. */
export interface Column {
  readonly boxes: readonly Box[];
  readonly labels: readonly Label[];
  /** Middle of each row by its key, as `y`. */
  readonly rows: ReadonlyMap<string, number>;
  readonly bottom: number;
}

export const COLUMN_WIDTH = 382;
/** From the left edge of a region: nothing is written there above its balancer. */
export const WAY_IN_X = 340;
const PADDING = 14;
const GAP = 12;
const ROW = 58;
const HEADER = 74;

const STORE_NAMES: Readonly<Record<Store['kind'], string>> = {
  database: 'PostgreSQL',
  cache: 'Valkey',
  queue: 'queue',
  objects: 'S3',
  files: 'files',
};

interface Row {
  readonly key: string;
  readonly look: Box['look'];
  readonly name: string;
  /** At the right end of the name. */
  readonly aside?: string;
  readonly lines: readonly string[];
}

/** @param x left edge; @param y upper edge */
export function columnOf(view: RegionView, role: Role, x: number, y: number): Column {
  const boxes: Box[] = [];
  const labels: Label[] = [...headerOf(view, role, x, y)];
  const middles = new Map<string, number>();
  let top = y + HEADER;
  for (const row of rowsOf(view)) {
    const height = ROW + Math.max(0, row.lines.length - 1) * LINE;
    boxes.push({ x: x + PADDING, y: top, width: COLUMN_WIDTH - 2 * PADDING, height, look: row.look });
    labels.push(...labelsOf(row, x, top));
    middles.set(row.key, top + height / 2);
    top += height + GAP;
  }
  const bottom = top + PADDING - GAP;
  const region: Box = { x, y, width: COLUMN_WIDTH, height: bottom - y, look: 'region' };
  return { boxes: [region, ...boxes], labels, rows: middles, bottom };
}

const LINE = 20;
const TEXT_X = PADDING + 12;

const labelsOf = ({ name, aside, lines }: Row, x: number, top: number): readonly Label[] => [
  { x: x + TEXT_X, y: top + 24, text: name, look: 'name' },
  ...(aside === undefined
    ? []
    : [
        {
          x: x + COLUMN_WIDTH - TEXT_X,
          y: top + 24,
          text: aside,
          look: 'small' as const,
          anchor: 'end' as const,
        },
      ]),
  ...lines.map((text, i): Label => ({ x: x + TEXT_X, y: top + 46 + i * LINE, text, look: 'small' })),
];

function headerOf(view: RegionView, role: Role, x: number, y: number): readonly Label[] {
  const zones = `${view.zones} zones, ${view.natGateways} NAT gateway${view.natGateways === 1 ? '' : 's'}`;
  const isHome = role === 'home';
  return [
    { x: x + TEXT_X, y: y + 32, text: isHome ? 'Home' : 'Standby', look: 'head' },
    {
      x: x + TEXT_X + (isHome ? 70 : 100),
      y: y + 32,
      text: isHome ? 'leads at first' : 'takes over',
      look: 'small',
    },
    { x: x + TEXT_X, y: y + 58, text: `${view.region}: ${zones}`, look: 'small' },
  ];
}

const rowsOf = (view: RegionView): readonly Row[] => [
  {
    key: 'balancer',
    look: 'way',
    name: 'Load balancer',
    lines: [view.firewall ? 'HTTPS; AWS WAF in front' : 'HTTPS'],
  },
  ...view.services.map(serviceRow),
  ...view.stores.map(
    ({ kind, title, detail }): Row => ({ key: `store ${kind}`, look: 'store', name: title, lines: [detail] }),
  ),
  { key: 'own', look: 'own', name: 'Holdfast', lines: wrapped(view.parts, 42) },
  ...recordRow(view),
];

function recordRow({ record, endpoint }: RegionView): readonly Row[] {
  const row = (name: string, line: string): Row => ({ key: 'record', look: 'decide', name, lines: [line] });
  if (record) return [row('Leadership record', endpoint ? 'replica, and an endpoint' : 'replica')];
  return endpoint ? [row('Leadership endpoint', 'the record is in other regions')] : [];
}

/** Letters that a name and what stands at the right end of its line may have together. */
const LETTERS_OF_A_LINE = 38;

/**
 * A long name leaves no room beside it: the size then stands below. That is decided by what is equal in both regions, so that
 * their rows are of the same height.
 */
function serviceRow({ name, tasks, most, size, isAsked, uses }: ServiceView): Row {
  const used = uses.map((kind) => STORE_NAMES[kind]).join(', ');
  const count = `${tasks}${most > tasks ? ` to ${most}` : ''} × ${size}`;
  const about = [
    used === '' ? 'uses no store' : `uses ${used}`,
    ...(isAsked ? [] : ['behind no load balancer']),
  ];
  const fits = name.length + `${most} to ${most} × ${size}`.length <= LETTERS_OF_A_LINE;
  return {
    key: `service ${name}`,
    look: 'service',
    name,
    ...(fits ? { aside: count } : {}),
    lines: fits ? about : [count, ...about],
  };
}

/** @returns the words with commas between them, in lines of at most so many letters */
function wrapped(words: readonly string[], letters: number): readonly string[] {
  const lines: string[] = [];
  for (const [i, word] of words.entries()) {
    const piece = i < words.length - 1 ? `${word},` : word;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= letters)
      lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(piece);
  }
  return lines;
}
