import { FAULTS } from '../faults';
import type { Fault, FaultKind } from '../faults/fault';
import { HOME, PLACES, type Place, STANDBY } from '../world/places';
import { Random } from '../world/random';
import type { Beginning } from '../world/simulation';

/** What a seed stands for. */
export const THEMES = ['region loss', 'chaos', 'operation', 'first deployment', 'defeated fence'] as const;
export type Theme = (typeof THEMES)[number];

/** A history before it has happened: how the world begins and what goes wrong in it. */
export interface Script {
  readonly theme: Theme;
  readonly beginning: Beginning;
  readonly faults: readonly Fault[];
  /** It goes on at least until then; 0 if left out. */
  readonly leastMs?: number;
}

/** Long enough for both regions to write, if nothing but the fence kept one of them from it. */
const DEFEATED_MS = 400_000;

const SHARES: readonly (readonly [Theme, number])[] = [
  ['region loss', 0.6],
  ['chaos', 0.22],
  ['operation', 0.13],
  ['first deployment', 0.02],
  ['defeated fence', 0.03],
];

type Lengths = Pick<Beginning['settings'], 'leaseSeconds' | 'enforceSeconds' | 'marginSeconds'>;

/** How the agent's function is started as its construct does it: for a watch and 85 s, which a test holds equal. */
export const rhythmOf = ({ leaseSeconds, enforceSeconds, marginSeconds }: Lengths): Beginning['rhythm'] => ({
  everySeconds: 60,
  timeoutSeconds: leaseSeconds + 2 * enforceSeconds + marginSeconds + 85,
});

/** @returns the script of a seed, the same each time */
export function scriptOf(seed: number): Script {
  const random = new Random(seed).stream('script');
  const theme = themeOf(random.next());
  const beginning = beginningOf(seed, random, theme);
  const faults = inOrder(WRITERS[theme](random));
  return { theme, beginning, faults, leastMs: theme === 'defeated fence' ? DEFEATED_MS : 0 };
}

function themeOf(share: number): Theme {
  let sum = 0;
  for (const [theme, part] of SHARES) {
    sum += part;
    if (share < sum) return theme;
  }
  return 'chaos';
}

function beginningOf(seed: number, random: Random, theme: Theme): Beginning {
  const settings = {
    leaseSeconds: random.pick([25, 45, 60, 60, 60, 90]),
    enforceSeconds: random.pick([2, 5, 5, 5, 8]),
    marginSeconds: 5,
    pollSeconds: 5,
    lagGateSeconds: 60,
    databaseOutageSeconds: 150,
    minimumSecondsBetweenMoves: random.pick([3600, 3600, 900]),
    failOverOnApplicationOutage: random.chance(0.4),
  };
  return {
    seed,
    settings,
    rhythm: rhythmOf(settings),
    durations: {
      promotionMs: random.spread(20_000, 240_000),
      renameMs: random.between(10_000, 60_000),
      snapshotMs: random.between(10_000, 60_000),
      creationMs: random.between(30_000, 120_000),
    },
    firstDeployment: theme === 'first deployment',
  };
}

const inOrder = (faults: readonly Fault[]): Fault[] => [...faults].sort((a, b) => a.atMs - b.atMs);

const ORDINARY = Object.entries(FAULTS).filter(
  ([name, { defeatsFence }]) =>
    !defeatsFence && !['failback', 'thaw', 'failover', 'switchover', 'freeze'].includes(name),
);
const DEFEATING = Object.entries(FAULTS).filter(([, { defeatsFence }]) => defeatsFence);
const SPARING = ORDINARY.filter(([, { sparesTakeover }]) => sparesTakeover);

/** One fault of any ordinary kind, anywhere it can be. */
function anyFault(random: Random, fromMs: number, toMs: number): Fault {
  const [kind, of] = random.pick(ORDINARY);
  return faultOf(random, kind, of, random.between(fromMs, toMs));
}

function faultOf(
  random: Random,
  kind: string,
  of: FaultKind,
  atMs: number,
  where = random.pick(of.places),
): Fault {
  const [least, most] = of.seconds;
  const [smallest, largest] = of.size ?? [1, 1];
  const to = random.pick(PLACES.filter((place) => place !== where));
  return {
    kind,
    atMs,
    forMs: random.spread(least, most) * 1000,
    where,
    to,
    size: largest > 0 ? random.spread(Math.max(smallest, 1e-3), largest) : 0,
  };
}

const named = (random: Random, kind: string, atMs: number, where?: Place): Fault => {
  const of = FAULTS[kind];
  if (!of) throw new RangeError(`There is no fault "${kind}".`);
  return faultOf(random, kind, of, atMs, where);
};

const forGood = (fault: Fault): Fault => ({ ...fault, forMs: Number.POSITIVE_INFINITY });

const WRITERS: Readonly<Record<Theme, (random: Random) => Fault[]>> = {
  'region loss': regionLoss,
  chaos: (random) => Array.from({ length: random.whole(2, 5) }, () => anyFault(random, 5_000, 150_000)),
  operation,
  'first deployment': (random) => {
    const loss = named(random, 'region dies', random.between(1_000, 20_000), HOME);
    const faults = Array.from({ length: random.whole(0, 3) }, () => anyFault(random, 0, 100_000));
    return random.chance(0.5) ? [loss, ...faults] : faults;
  },
  'defeated fence': (random) => {
    const [kind, of] = random.pick(DEFEATING);
    const atMs = random.between(5_000, 60_000);
    return [
      faultOf(random, kind, of, atMs, HOME),
      forGood(named(random, 'region cut off', atMs + random.between(1_000, 20_000), HOME)),
    ];
  },
};

/** Home is lost: for good, for a while, or again and again; alone, or with something else. */
function regionLoss(random: Random): Fault[] {
  const atMs = random.between(5_000, 60_000);
  const how = random.next();
  if (how < 0.62) return lossForGood(random, atMs);
  if (how < 0.68) return lossWithLag(random);
  if (how < 0.9) return lossForAWhile(random, atMs);
  const period = random.pick([10_000, 30_000, 60_000]);
  const flaps = Array.from({ length: Math.ceil(150_000 / period) }, (_, index) => ({
    ...named(random, random.chance(0.5) ? 'region dies' : 'region cut off', atMs + index * period, HOME),
    forMs: period / 2,
  }));
  return [...flaps, ...beside(random, atMs)];
}

/** Most often nothing else, otherwise one or two faults of any kind. */
const beside = (random: Random, atMs: number): Fault[] =>
  Array.from({ length: random.pick([0, 0, 0, 1, 1, 2]) }, () => anyFault(random, 1_000, atMs + 120_000));

function lossForGood(random: Random, atMs: number): Fault[] {
  const loss = forGood(named(random, 'region dies', atMs, HOME));
  if (!random.chance(0.3)) return [loss, ...beside(random, atMs)];
  const [kind, of] = random.pick(SPARING);
  const where = of.places.includes(HOME) ? HOME : undefined;
  return [loss, faultOf(random, kind, of, random.between(1_000, atMs), where)];
}

/** The replica has been far behind for a while. */
function lossWithLag(random: Random): Fault[] {
  const lag = named(random, random.pick(['replica receives late', 'replica replays late']), 1_000, STANDBY);
  const loss = named(random, 'region dies', random.between(60_000, 170_000), HOME);
  return [
    { ...lag, forMs: 400_000, size: random.between(20_000, 200_000) },
    random.chance(0.5) ? forGood(loss) : loss,
  ];
}

/** What troubles a region often comes together. */
const TROUBLES = [
  'messages astray',
  'messages astray',
  'messages astray',
  'server paused',
  'pg_cron paused',
  'agent frozen',
  'clock of the agents stepped',
  'runs killed',
  'roles locked',
  'writes denied',
];

function lossForAWhile(random: Random, atMs: number): Fault[] {
  const kind = random.pick(['region dies', 'region cut off', 'region cut off']);
  const loss = { ...named(random, kind, atMs, HOME), forMs: random.spread(20_000, 400_000) };
  if (!random.chance(0.5)) return [loss, ...beside(random, atMs)];
  const troubles = Array.from({ length: random.whole(1, 2) }, () =>
    trouble(random, random.pick(TROUBLES), atMs + random.between(-40_000, 20_000)),
  );
  return [loss, ...troubles];
}

/** What comes between the steps of handing over. */
function troubleBeside(random: Random, atMs: number): Fault {
  const kind = random.pick([
    'messages astray',
    'messages astray',
    'slow messages within a region',
    'server paused',
    'runs killed',
    'agent frozen',
    'starts doubled',
  ]);
  const one = trouble(random, kind, atMs - random.between(0, 12_000));
  return { ...one, forMs: Math.max(one.forMs, 25_000) };
}

/** At home, where it can be at home. */
function trouble(random: Random, kind: string, atMs: number): Fault {
  const where = FAULTS[kind]?.places.includes(HOME) ? HOME : undefined;
  return { ...named(random, kind, Math.max(1_000, atMs), where), forMs: random.spread(5_000, 200_000) };
}

/** A person moves the lead, rebuilds, freezes or forces, and something goes wrong meanwhile. */
function operation(random: Random): Fault[] {
  const atMs = random.between(5_000, 30_000);
  const faults = random.chance(0.35) ? [] : [anyFault(random, 1_000, atMs + 120_000)];
  const how = random.next();
  const loss = forGood(named(random, 'region dies', atMs + random.between(1_000, 60_000), HOME));
  if (how < 0.5) {
    const failback = named(random, 'failback', atMs + random.between(120_000, 320_000));
    const beside = random.chance(0.4) ? [troubleBeside(random, atMs)] : faults;
    return [named(random, 'switchover', atMs), ...(random.chance(0.4) ? [failback] : []), ...beside];
  }
  if (how < 0.65)
    return [
      named(random, 'freeze', atMs),
      loss,
      named(random, 'thaw', loss.atMs + random.between(60_000, 200_000)),
      ...faults,
    ];
  if (how < 0.8) return [named(random, 'failover', atMs), ...(random.chance(0.5) ? [loss] : []), ...faults];
  const back = { ...loss, forMs: random.between(150_000, 300_000) };
  const failback = named(random, 'failback', back.atMs + back.forMs + random.between(5_000, 60_000));
  const again = random.chance(0.7)
    ? [
        {
          ...named(random, 'region dies', failback.atMs + random.between(100_000, 300_000), STANDBY),
          forMs: random.between(30_000, 200_000),
        },
      ]
    : [];
  return [back, failback, ...again, ...faults];
}
