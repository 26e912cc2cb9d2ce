import { answerOf } from '../../operate/failures';
import { type Manner, pause } from '../../recover/telling';
import type { Rollout, ServiceState, Services } from '../ports';
import { numberIn } from '../revision-number';

const LOOK_MS = 5_000;
/** Draining, starting and baking of a deployment; CloudFormation itself would wait for three hours. */
const LIMIT_MS = 45 * 60_000;
/** A rollback that was asked for becomes the primary rollout within this time. */
const BEGIN_MS = 2 * 60_000;

/** How a deployment in one region ended. */
export interface Arrived {
  readonly outcome: 'done' | 'failed' | 'unknown';
  readonly sentence: string;
}

/**
 * Waits until a service runs a revision and nothing else.
 * @param arn of the revision
 * @param tell gets each change once
 * @throws {Interrupted} if somebody does not want to wait
 */
export async function arrive(
  services: Pick<Services, 'describe'>,
  { region, service, arn }: { readonly region: string; readonly service: string; readonly arn: string },
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Arrived> {
  const begun = manner.clock.now();
  let wasPrimary = false;
  let last = '';
  for (;;) {
    const answer = await answerOf(services.describe(region, service));
    const primary = answer.known ? answer.value?.rollouts.find(({ isPrimary }) => isPrimary) : undefined;
    const said = answer.known ? progress(region, answer.value) : `${region}: ${answer.sentence}`;
    if (said !== last) tell(said);
    last = said;
    const waited = manner.clock.now() - begun;
    if (primary?.taskDefinition === arn) wasPrimary = true;
    if (primary && answer.known) {
      const end = ending(primary, arn, wasPrimary || waited > BEGIN_MS, answer.value);
      if (end) return { ...end, sentence: `${region}: ${end.sentence}` };
    }
    if (waited > LIMIT_MS)
      return {
        outcome: 'unknown',
        sentence: `${region}: it is not through after ${LIMIT_MS / 60_000} minutes, and goes on.`,
      };
    await pause(manner, LOOK_MS);
  }
}

function progress(region: string, state: ServiceState | undefined): string {
  if (!state) return `${region}: the service is not there.`;
  const parts = state.rollouts.map(
    ({ taskDefinition, running, desired, failed }) =>
      `revision ${numberIn(taskDefinition)}: ${running} of ${desired} run${failed > 0 ? `, ${failed} failed` : ''}`,
  );
  return `${region}: ${parts.join('; ')}`;
}

/** @returns undefined while it is under way */
function ending(
  primary: Rollout,
  arn: string,
  begun: boolean,
  state: ServiceState | undefined,
): Arrived | undefined {
  const reason = primary.reason === '' ? '' : ` ${primary.reason}`;
  if (primary.taskDefinition !== arn) {
    if (!begun) return undefined;
    return {
      outcome: 'failed',
      sentence: `ECS went on to revision ${numberIn(primary.taskDefinition)}.${reason}`,
    };
  }
  if (primary.state === 'FAILED') return { outcome: 'failed', sentence: `the deployment failed.${reason}` };
  const isThrough = primary.state === 'COMPLETED' || primary.state === 'unknown';
  if (!isThrough || (state?.rollouts.length ?? 0) > 1 || primary.running < primary.desired) return undefined;
  return {
    outcome: 'done',
    sentence: `revision ${numberIn(arn)} runs with ${primary.running} of ${primary.desired} tasks.`,
  };
}
