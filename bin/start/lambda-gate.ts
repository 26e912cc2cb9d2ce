import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Start, StartState } from '../../lambda/image-gate/contract';
import { attempt } from '../../lambda/runtime/attempt';
import { systemClock } from '../../lambda/runtime/clock';
import { clients } from '../checks/aws/call';
import { CallFailed } from '../checks/failures';
import { GateFailed } from './failures';
import type { Gate } from './start-service';

/** A cold start and a handful of questions to AWS; refusals of a fresh policy are no matter here. */
const CALL_MS = 60_000;
const ACTION = 'lambda:InvokeFunction';

/** The deployed functions, with the credentials and the endpoint that the SDK finds in the environment. */
export function lambdaGate(): Gate {
  const lambda = clients()((config) => new LambdaClient(config));
  return {
    async ask(region, FunctionName, asked) {
      const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(asked)) });
      const send = (abortSignal: AbortSignal) => lambda(region).send(command, { abortSignal });
      let answer: Awaited<ReturnType<typeof send>>;
      try {
        answer = await attempt(systemClock, CALL_MS, ACTION, send);
      } catch (error) {
        throw new CallFailed(ACTION, region, error);
      }
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError !== undefined) {
        throw new GateFailed(FunctionName, region, errorIn(text) ?? answer.FunctionError);
      }
      const start = startIn(text);
      if (!start) throw new GateFailed(FunctionName, region, 'its answer was not understood.');
      return start;
    },
  };
}

const STATES: Readonly<Record<StartState, true>> = {
  started: true,
  'would-start': true,
  runs: true,
  rests: true,
  stays: true,
};

/** Another version of the platform may be deployed, with other answers. */
function startIn(text: string): Start | undefined {
  const { state, sentence } = fieldsOf(text);
  if (typeof state !== 'string' || typeof sentence !== 'string' || !Object.hasOwn(STATES, state))
    return undefined;
  return { state: state as StartState, sentence };
}

/** Message of an error as Lambda words it. */
function errorIn(text: string): string | undefined {
  const { errorMessage } = fieldsOf(text);
  return typeof errorMessage === 'string' ? errorMessage : undefined;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // A function that was stopped answers with plain text, or nothing.
    return {};
  }
}
