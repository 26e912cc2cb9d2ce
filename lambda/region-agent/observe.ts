import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Observation, Part, Seen } from './observation';
import type { World } from './ports';

/**
 * All looks of a turn at once, each for at most so many milliseconds: a watch breaks if two reads of the record are more
 * than 10 s apart, and no API that hangs may do that.
 */
const LOOK_MS = 4_000;

type Looks = Readonly<Record<Part, () => Promise<unknown>>>;

/**
 * @param parts what to look at
 * @param epochLeft in which the own side was left; names what the failback recipe has made
 * @returns each part, or why it is not known; never throws
 */
export async function observe(
  world: World,
  parts: ReadonlySet<Part>,
  epochLeft: number,
  clock: Clock,
): Promise<Observation> {
  const looks = looksOf(world, epochLeft);
  const entries = await Promise.all(
    [...parts].map(async (part) => [part, await look(clock, NAMES[part], looks[part])] as const),
  );
  return Object.fromEntries(entries) as Observation;
}

function looksOf({ managed, fleet, prober }: World, epochLeft: number): Looks {
  return {
    database: () => present(managed).database.observe(),
    instance: () => present(managed).instance.describe(),
    rebuild: () => present(managed).rebuild.observe(epochLeft),
    fleet: () => fleet.observe(),
    fromHere: () => prober.fromHere(),
    fromWitness: () => prober.fromWitness(),
    ownSide: () => prober.ownSide(),
  };
}

const NAMES: Readonly<Record<Part, string>> = {
  database: 'The database',
  instance: 'RDS',
  rebuild: 'RDS',
  fleet: 'ECS',
  fromHere: 'The application of the other side',
  fromWitness: 'The prober in the witness region',
  ownSide: 'The application of the own side',
};

function present(managed: World['managed']): NonNullable<World['managed']> {
  if (!managed) throw new Error('This platform has no managed database.');
  return managed;
}

async function look(clock: Clock, name: string, work: () => Promise<unknown>): Promise<Seen<unknown>> {
  try {
    return { known: true, value: await attempt(clock, LOOK_MS, name, work) };
  } catch (error) {
    return { known: false, why: sentenceOf(error) };
  }
}
