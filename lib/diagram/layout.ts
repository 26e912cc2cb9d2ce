import { COLUMN_WIDTH, type Column, columnOf, WAY_IN_X } from './column';
import type { Picture, Store, WitnessView } from './model';
import type { Arrow, Box, Drawing, Flow, Label } from './shapes';

/** Two regions side by side, Route 53 above them, the witness below; a lane for what asks who leads at the right edge. */
const MARGIN = 14;
const BETWEEN = 108;
const LANE = 30;
const WIDTH = MARGIN + COLUMN_WIDTH + BETWEEN + COLUMN_WIDTH + LANE;
const HOME_X = MARGIN;
const STANDBY_X = MARGIN + COLUMN_WIDTH + BETWEEN;
const MIDDLE = (HOME_X + STANDBY_X + COLUMN_WIDTH) / 2;
const NAMES = { width: 430, height: 72, y: 58 };
const REGIONS_Y = 190;
const WITNESS = { width: 430, height: 72, below: 56 };
const LEGEND = 84;

/** @returns where everything of a picture is drawn */
export function layoutOf(picture: Picture): Drawing {
  const home = columnOf(picture.regions.home, 'home', HOME_X, REGIONS_Y);
  const standby = columnOf(picture.regions.standby, 'standby', STANDBY_X, REGIONS_Y);
  const witnessY = Math.max(home.bottom, standby.bottom) + WITNESS.below;
  const height = witnessY + WITNESS.height + LEGEND;
  return {
    width: WIDTH,
    height,
    title: `${picture.title} in two regions`,
    description: describe(picture),
    boxes: [...home.boxes, ...standby.boxes, box(NAMES, NAMES.y), box(WITNESS, witnessY)],
    arrows: [
      ...wayIn(home, standby),
      ...copies(picture.regions.home.stores, home, standby),
      ...questions(picture, home, standby, witnessY),
      ...legendLines(height),
    ],
    labels: [
      ...ownLabels(picture, witnessY),
      ...home.labels,
      ...standby.labels,
      ...copyLabels(picture.regions.home.stores, home),
      ...legendLabels(height),
    ],
  };
}

/** What stands at the top, in the box of the name and in that of the witness. */
const ownLabels = ({ title, name, witness }: Picture, witnessY: number): readonly Label[] => [
  { x: MARGIN, y: 36, text: title, look: 'title' },
  { x: MIDDLE, y: NAMES.y + 30, text: `Route 53: ${name}`, look: 'name', anchor: 'middle' },
  {
    x: MIDDLE,
    y: NAMES.y + 54,
    text: 'home, unless the record says standby',
    look: 'small',
    anchor: 'middle',
  },
  { x: MIDDLE, y: witnessY + 30, text: `Witness: ${witness.region}`, look: 'name', anchor: 'middle' },
  { x: MIDDLE, y: witnessY + 54, text: aboutWitness(witness), look: 'small', anchor: 'middle' },
];

const box = ({ width, height }: { readonly width: number; readonly height: number }, y: number): Box => ({
  x: MIDDLE - width / 2,
  y,
  width,
  height,
  look: 'decide',
});

const rowOf = ({ rows }: Column, key: string): number | undefined => rows.get(key);
const INSET = 14;

/** From the name to the balancers. */
function wayIn(home: Column, standby: Column): readonly Arrow[] {
  const from = NAMES.y + NAMES.height;
  const turn = (from + REGIONS_Y) / 2;
  const to = ({ boxes }: Column): number => boxes[1]?.y ?? REGIONS_Y;
  return [
    {
      flow: 'requests',
      points: [
        [MIDDLE - 60, from],
        [MIDDLE - 60, turn],
        [HOME_X + WAY_IN_X, turn],
        [HOME_X + WAY_IN_X, to(home)],
      ],
    },
    {
      flow: 'after',
      points: [
        [MIDDLE + 60, from],
        [MIDDLE + 60, turn],
        [STANDBY_X + WAY_IN_X, turn],
        [STANDBY_X + WAY_IN_X, to(standby)],
      ],
    },
  ];
}

/** Level lines between the same stores of both regions. */
const copies = (stores: readonly Store[], home: Column, standby: Column): readonly Arrow[] =>
  stores.flatMap(({ kind, copied }): Arrow[] => {
    const [from, to] = [rowOf(home, `store ${kind}`), rowOf(standby, `store ${kind}`)];
    if (copied === undefined || from === undefined || to === undefined) return [];
    return [
      {
        flow: 'copies',
        both: copied === BOTH_WAYS,
        points: [
          [HOME_X + COLUMN_WIDTH - INSET, from],
          [STANDBY_X + INSET, to],
        ],
      },
    ];
  });

const BOTH_WAYS = 'both ways';

const copyLabels = (stores: readonly Store[], home: Column): readonly Label[] =>
  stores.flatMap(({ kind, copied }): Label[] => {
    const y = rowOf(home, `store ${kind}`);
    return copied === undefined || y === undefined
      ? []
      : [{ x: HOME_X + COLUMN_WIDTH + BETWEEN / 2, y: y - 9, text: copied, look: 'note', anchor: 'middle' }];
  });

/** The replicas of the record agree with each other, and the checks of Route 53 ask the endpoints. */
function questions(
  { regions, witness }: Picture,
  home: Column,
  standby: Column,
  witnessY: number,
): readonly Arrow[] {
  const middle = witnessY + WITNESS.height / 2;
  const [left, right] = [MIDDLE - WITNESS.width / 2, MIDDLE + WITNESS.width / 2];
  const asked = rowOf(standby, 'record');
  return [
    ...(regions.home.record && witness.record ? [agree(home, HOME_X + 60, left, middle)] : []),
    ...(regions.standby.record && witness.record
      ? [agree(standby, STANDBY_X + COLUMN_WIDTH - 60, right, middle)]
      : []),
    ...(regions.standby.endpoint && asked !== undefined
      ? [asking(STANDBY_X + COLUMN_WIDTH - INSET, asked)]
      : []),
    ...(witness.endpoint ? [asking(right, middle + 14)] : []),
  ];
}

/** From the record of a region, which is its last row, to that of the witness. */
const agree = (column: Column, x: number, end: number, middle: number): Arrow => ({
  flow: 'copies',
  both: true,
  points: [
    [x, column.bottom - INSET],
    [x, middle - 8],
    [end, middle - 8],
  ],
});

/** From Route 53 along the lane at the right edge. */
const asking = (x: number, y: number): Arrow => ({
  flow: 'asks',
  points: [
    [MIDDLE + NAMES.width / 2, NAMES.y + NAMES.height / 2],
    [WIDTH - 12, NAMES.y + NAMES.height / 2],
    [WIDTH - 12, y],
    [x, y],
  ],
});

const aboutWitness = ({ endpoint, elsewhere }: WitnessView): string =>
  [
    `replica of the record${endpoint ? ', endpoint' : ''}`,
    elsewhere.length > 0 ? `another in ${elsewhere.join(', ')}` : 'no service',
  ].join('; ');

const LEGENDS: readonly (readonly [flow: Flow, text: string])[] = [
  ['requests', 'requests'],
  ['after', 'after a failover'],
  ['copies', 'copies'],
  ['asks', 'asks who leads'],
];
const LEGEND_STEP = 225;
const LEGEND_LINE = 46;

const legendLines = (height: number): readonly Arrow[] =>
  LEGENDS.map(([flow], i) => ({
    flow,
    points: [
      [MARGIN + i * LEGEND_STEP, height - 32],
      [MARGIN + i * LEGEND_STEP + LEGEND_LINE, height - 32],
    ],
  }));

const legendLabels = (height: number): readonly Label[] =>
  LEGENDS.map(([, text], i) => ({
    x: MARGIN + i * LEGEND_STEP + LEGEND_LINE + 12,
    y: height - 26,
    text,
    look: 'small',
  }));

/** For those who cannot see it. */
function describe({ name, regions: { home, standby }, witness }: Picture): string {
  const services = home.services.map((service) => service.name).join(', ');
  const stores = home.stores.map(({ title, copied }) => `${title}${copied ? ` (${copied})` : ''}`).join(', ');
  return `${name} points at the load balancer in ${home.region}, and after a failover at that in ${standby.region}. Both regions have ${services}; at home there are ${stores}. A third region, ${witness.region}, holds the leadership record and no service.`;
}
