import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Clock } from '../../runtime/clock';
import { HoldfastError } from '../../runtime/errors';
import type { Answer } from '../ports';
import { ONE_ATTEMPT, sender } from './request';

/** The prober asks for 3 s; the rest is for its start. In milliseconds. */
const INVOKE_MS = 6_000;

/** The prober itself failed, or said something that is no answer. */
export class NoProbe extends HoldfastError {
  constructor(
    readonly prober: string,
    readonly said: string,
  ) {
    super(`The prober ${prober} gave no answer to the question: ${said}`);
  }
}

/** Asks the prober in the witness region for a side. */
export type Witness = (side: 'home' | 'standby') => Promise<Answer>;

/** @returns throws `TimedOut`, `Throttled`, `RequestFailed` or `NoProbe` if the prober could not be asked */
export function proberInvocation(prober: string, region: string, clock: Clock): Witness {
  const client = new LambdaClient({ region, ...ONE_ATTEMPT });
  const send = sender(clock, INVOKE_MS);
  return async (side) => {
    const command = new InvokeCommand({ FunctionName: prober, Payload: JSON.stringify({ side }) });
    const { FunctionError: failure, Payload: payload } = await send(
      `Asking the prober in ${region}`,
      (abortSignal) => client.send(command, { abortSignal }),
    );
    const text = payload ? Buffer.from(payload).toString() : '';
    const answer = failure === undefined ? parse(text) : undefined;
    if (!answer)
      throw new NoProbe(
        prober,
        failure === undefined ? text.slice(0, 200) : `${failure} ${text.slice(0, 200)}`,
      );
    return answer;
  };
}

function parse(text: string): Answer | undefined {
  try {
    const { answers, sentence } = JSON.parse(text) as Record<string, unknown>;
    return typeof answers === 'boolean' && typeof sentence === 'string' ? { answers, sentence } : undefined;
  } catch {
    return undefined;
  }
}
