import type { Platform } from '../../lib/config/platform';
import type { Check, Task } from './check';
import { CREDENTIALS, credentials } from './credentials';
import { explainFailure } from './failures';
import { GLOBAL, type Line, unknown } from './line';
import type { Ports } from './ports';
import { REGIONS } from './regions';

/** Questions under way at once: enough to be quick, few enough for the limits of AWS's control planes. */
const AT_ONCE = 10;

export type Step = (done: number, of: number) => void;

interface Question extends Task {
  readonly check: Check;
}

/**
 * Asks everything, several questions at once, and returns the lines in the order of the checks. Without credentials
 * of the right account nothing else is asked of AWS, and nothing in a region that is not enabled. Never rejects for
 * what AWS or the network do.
 */
export async function runChecks(
  checks: readonly Check[],
  platform: Platform,
  ports: Ports,
  step: Step = () => {},
): Promise<Line[]> {
  const questions = checks.flatMap((check) =>
    check.tasks(platform, ports).map((task) => ({ ...task, check })),
  );
  let done = 0;
  const ask = (question: Question): Promise<Line[]> =>
    answer(question).finally(() => {
      done += 1;
      step(done, questions.length + 1);
    });
  const who = await credentials(platform.account, ports.identity);
  const isCaller = who.state === 'ok';
  done += 1;
  step(done, questions.length + 1);

  const first = questions.filter(({ check }) => check.name === REGIONS);
  const askedFirst = isCaller ? await bounded(first, ask) : [];
  const closed = new Set(
    askedFirst
      .flat()
      .filter(({ state, place }) => state === 'todo' && place !== GLOBAL)
      .map(({ place }) => place),
  );
  const rest = await bounded(questions, async (question) => {
    const asked = first.indexOf(question);
    if (asked >= 0 && isCaller) return askedFirst[asked] ?? [];
    if (question.check.asksAws && !isCaller) return [notAsked(question, who.state)];
    if (closed.has(question.place)) return [];
    return ask(question);
  });
  return [{ check: CREDENTIALS, place: GLOBAL, ...who }, ...collapse(rest.flat())];
}

async function answer({ check, place, run }: Question): Promise<Line[]> {
  try {
    return (await run()).map((finding) => ({ check: check.name, place, ...finding }));
  } catch (error) {
    return [{ check: check.name, place, ...unknown(explainFailure(error)) }];
  }
}

const notAsked = ({ check }: Question, state: Line['state']): Line => ({
  check: check.name,
  place: GLOBAL,
  ...unknown(
    state === 'todo'
      ? 'Not asked: it needs credentials of the account.'
      : 'Not asked: nobody could say whose credentials these are.',
  ),
});

/** One line where the same was said of a check several times. */
function collapse(lines: readonly Line[]): Line[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const key = JSON.stringify(line);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Works through a list with at most `AT_ONCE` under way; the results are in the list's order. */
async function bounded<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i];
      if (item !== undefined) results[i] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
