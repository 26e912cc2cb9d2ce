import { parseTarget } from '../../../lambda/archive/restore/target';
import type { Platform } from '../../../lib/config/platform';
import { outlook } from '../../operate/outlook';
import { lookAt } from '../../operate/situation';
import { restoreCache } from '../cache/run';
import { databaseRequest } from '../database/request';
import { restoreDatabase } from '../database/run';
import { type Ended, type Manner, pause } from '../telling';
import { beginCopy, copied } from './adopt';
import { type Plan, planOf, type Step, stepSentence } from './plan';
import type { PlatformPorts, PlatformRequest } from './ports';
import { COPY, surveyPlatform } from './survey';

/** A platform that was just deployed takes so long at most until its agents have opened the lease. */
const SETTLES_WITHIN_MS = 5 * 60_000;
const POLL_MS = 15_000;

interface Context {
  readonly platform: Platform;
  readonly request: PlatformRequest;
  readonly ports: PlatformPorts;
  readonly manner: Manner;
  readonly tell: (sentence: string) => void;
}

/**
 * Rebuilds a platform from its file and its backups: brings back what was deleted, deploys what is missing, restores what
 * held data beside what is new, and ends with a verdict. It deletes nothing and writes over nothing. What serves somebody
 * waits until a person has given the restored database its place; then the same command goes on.
 */
export async function recoverPlatform(context: Context): Promise<Ended> {
  const { platform, request, ports, manner, tell } = context;
  const plan = planOf(platform, await surveyPlatform(platform, request, ports), request);
  for (const sentence of plan.lost) tell(`Cannot be brought back: ${sentence}`);
  if (plan.obstacles.length > 0) return { outcome: 'refused', sentences: plan.obstacles };
  if (manner.dryRun) return planned(plan);
  for (const [index, step] of plan.steps.entries()) {
    tell(`${index + 1} of ${plan.steps.length}. ${stepSentence(step)}`);
    if (manner.stop.aborted) await pause(manner, 0);
    const stopped = await take(context, step);
    if (stopped) return stopped;
  }
  return verdict(context, plan);
}

const planned = ({ steps, afterwards, byHand }: Plan): Ended => ({
  outcome: 'would',
  sentences: [
    steps.length + afterwards.length === 0
      ? 'Everything is there; only its health would be looked at.'
      : `It would take ${steps.length} steps:`,
    ...steps.map(stepSentence),
    ...afterwards.map((step) => `Once the database has its data, by the same command: ${stepSentence(step)}`),
    ...byHand.map((sentence) => `By a person: ${sentence}`),
  ],
  result: { steps, afterwards, byHand },
});

/** @returns how the whole ends, if it cannot go on */
async function take(context: Context, step: Step): Promise<Ended | undefined> {
  const { platform, ports, manner, tell } = context;
  switch (step.kind) {
    case 'secrets':
      for (const { region, name } of step.secrets) await ports.components.secrets.undelete(region, name);
      return undefined;
    case 'deploy':
      await ports.deployer.deploy(step.stacks);
      return undefined;
    case 'adopt':
      await beginCopy(platform, step.snapshot, ports.shared);
      return undefined;
    case 'database': {
      if (step.waits) await copied(platform, step.waits, ports.shared, manner, tell);
      const request = databaseRequest(platform, { to: 'latest', into: COPY }, manner.clock.now());
      return unlessDone(await restoreDatabase(platform, request, ports.recovery, manner, tell));
    }
    case 'cache': {
      const request = { target: parseTarget('latest'), region: step.from, into: COPY };
      return unlessDone(await restoreCache(platform, request, ports.components.cache, manner, tell));
    }
  }
}

const unlessDone = (ended: Ended): Ended | undefined =>
  ended.outcome === 'done'
    ? undefined
    : {
        ...ended,
        sentences: [
          ...ended.sentences,
          'What was rebuilt so far stays; say the same command again to go on.',
        ],
      };

/** @returns the end of a run that leaves out whatever serves somebody */
function waiting({ afterwards, lost, byHand }: Plan): Ended {
  const stacks = afterwards.flatMap((step) => step.stacks);
  return {
    outcome: 'failed',
    sentences: [
      `The platform is not whole yet: ${afterwards.map(({ phase }) => phase).join(', ')} wait until the database has its data, so that nobody is served by an empty one. Not deployed: ${stacks.join(', ')}.`,
      ...byHand.map((sentence) => `By a person: ${sentence}`),
    ],
    result: { healthy: false, problems: [], waiting: stacks, lost, byHand },
  };
}

const NOT_THE_DATA =
  'The platform runs, but its database was made anew: the data of the backup is not in it.';

/** Waits until nothing wrong can be seen, or for as long as a new platform needs. */
async function verdict({ platform, ports, manner, tell }: Context, plan: Plan): Promise<Ended> {
  if (plan.afterwards.length > 0) return waiting(plan);
  const untilMs = manner.clock.monotonic() + SETTLES_WITHIN_MS;
  for (;;) {
    const found = outlook(await lookAt(platform, ports.operator, manner.clock.now()));
    const isWell = found.problems.length === 0;
    if (isWell || manner.clock.monotonic() >= untilMs) {
      const byHand = plan.byHand.map((sentence) => `By a person: ${sentence}`);
      const healthy = plan.dataWaits ? NOT_THE_DATA : 'The platform is healthy.';
      const lead = `${isWell ? healthy : 'The platform is not healthy.'} ${found.verdict}`;
      return {
        outcome: isWell && byHand.length === 0 ? 'done' : 'failed',
        sentences: [lead, ...found.problems, ...byHand],
        result: {
          healthy: isWell && !plan.dataWaits,
          problems: found.problems,
          lost: plan.lost,
          byHand: plan.byHand,
        },
      };
    }
    tell(`Not settled yet: ${found.problems[0] ?? found.verdict}`);
    await pause(manner, POLL_MS);
  }
}
