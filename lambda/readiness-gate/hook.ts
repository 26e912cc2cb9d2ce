import type { RawProperties } from '../runtime/custom-resource';
import { sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import { type Look, lookSafely, parseAsked } from './look';
import type { Cloud } from './ports';

/**
 * What ECS sends at a stage of a deployment, as far as it is used.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
 */
export interface HookEvent {
  readonly lifecycleStage: string;
  readonly executionDetails?: { readonly targetServiceRevisionArn?: string };
  /** The details of the service's definition, and what the last answer added. */
  readonly hookDetails?: RawProperties;
}

export interface HookAnswer {
  /** `FAILED` rolls the deployment back; `IN_PROGRESS` asks to be called again. */
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Seconds until the next call. */
  readonly callBackDelay?: number;
  readonly hookDetails?: RawProperties;
}

const AGAIN_SECONDS = 10;
/** Detail that carries from call to call when the waiting began, in milliseconds since 1970. */
const BEGUN = 'Begun';

/**
 * Answers one call of ECS about the new tasks of a deployment, which get no traffic before this says so. Tasks that are ready
 * wait while the lead moves, because a new version should not take the traffic in the middle of a takeover; when the time is
 * over they get it all the same, because a deployment that takes a revision back comes by here as well and must end.
 * @param now milliseconds since 1970
 */
export async function answer(event: HookEvent, cloud: Cloud, now: number, log: Log): Promise<HookAnswer> {
  const details = event.hookDetails ?? {};
  const asked = parseAsked(details);
  const begun = Number(details[BEGUN] ?? now);
  const { ready, sentence } = await lookAt(event, cloud);
  const isLate = now - begun >= asked.waitMs;
  const moving = ready && !isLate ? await cloud.leadership.moving() : undefined;
  const held = moving === undefined ? {} : { held: `The lead ${moving}.` };
  log('readiness', { stage: event.lifecycleStage, service: asked.service, ready, isLate, sentence, ...held });
  if (ready && moving === undefined) return { hookStatus: 'SUCCEEDED' };
  if (isLate) return { hookStatus: 'FAILED' };
  return {
    hookStatus: 'IN_PROGRESS',
    callBackDelay: AGAIN_SECONDS,
    hookDetails: { ...details, [BEGUN]: begun },
  };
}

async function lookAt({ executionDetails, hookDetails = {} }: HookEvent, cloud: Cloud): Promise<Look> {
  const revision = executionDetails?.targetServiceRevisionArn;
  if (revision === undefined) return { ready: false, sentence: 'ECS named no revision of the service.' };
  try {
    const definition = await cloud.tasks.definitionOf(revision);
    if (definition === undefined) return { ready: false, sentence: `There is no revision ${revision}.` };
    return await lookSafely(parseAsked(hookDetails), definition, cloud);
  } catch (error) {
    return { ready: false, sentence: `The revision ${revision} could not be read: ${sentenceOf(error)}` };
  }
}
