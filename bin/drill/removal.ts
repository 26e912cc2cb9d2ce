import { type Context, HOUR_MS, mayPass } from './context';
import { reasonOf } from './failures';
import type { ThrowAway } from './ports';

/**
 * A replica of a drill is deleted whatever became of the drill: also after Ctrl-C, which ends every other wait. What a crash
 * leaves behind has the drill's name and tag, by which the next drill finds it.
 */

const POLL_MS = 10_000;
const LIMIT_MS = HOUR_MS;
/** An order whose answer never came may still make one: it counts as absent only after so many looks. */
const LOOKS = 3;

export interface Removal {
  /** Whether nothing of that name is there any more. */
  readonly gone: boolean;
  /** What became of it. */
  readonly sentence: string;
}

/** Names what a person has to say if something of a drill is left. */
export const CLEAN_UP = 'npx holdfast drill --aws --clean-up';

/** Deletes a replica of a drill and waits until it is gone. Never rejects. */
export async function remove(context: Context, region: string, identifier: string): Promise<Removal> {
  try {
    return await removed(context, region, identifier);
  } finally {
    context.course.end(laneOf(region));
  }
}

async function removed(context: Context, region: string, identifier: string): Promise<Removal> {
  const { ports, manner, course } = context;
  const { clock } = manner;
  const until = clock.monotonic() + LIMIT_MS;
  let seen = false;
  let said = '';
  for (let absent = 0; clock.monotonic() < until; await clock.sleep(POLL_MS)) {
    try {
      const found = await find(context, region, identifier);
      if (!found) {
        absent += 1;
        if (seen) return { gone: true, sentence: `${identifier} is deleted` };
        if (absent >= LOOKS) return { gone: true, sentence: `${identifier} is not there` };
        continue;
      }
      seen = true;
      course.state(laneOf(region), { kind: 'closed', words: found.status });
      if (found.status !== 'deleting') await ports.throwAways.remove(region, identifier);
    } catch (error) {
      const sentence = reasonOf(error);
      if (!mayPass(error)) return left(identifier, region, sentence);
      // RDS deletes nothing in some statuses: then the next attempt may succeed.
      if (sentence !== said) course.note('drill', `${identifier} is not deleted yet. ${sentence}`);
      said = sentence;
    }
  }
  return left(identifier, region, said === '' ? 'It took more than an hour.' : said);
}

const left = (identifier: string, region: string, why: string): Removal => ({
  gone: false,
  sentence: `${identifier} in ${region} may be left, and then costs money. ${why} To delete it: ${CLEAN_UP}`,
});

/** Name of the line in the picture. */
export const laneOf = (region: string): string => `Replica in ${region}`;

/** @returns the replica of that name; undefined if there is none */
export async function find(
  { ports }: Context,
  region: string,
  identifier: string,
  parameterGroup = '',
): Promise<ThrowAway | undefined> {
  const found = await ports.databases.list(region, parameterGroup);
  return found.find((one) => one.identifier === identifier);
}
