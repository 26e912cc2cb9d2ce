import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RestoreReply } from '../../../lambda/restore/request';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { Clients } from '../../checks/aws/call';
import type { RestoreFunctions } from '../ports';
import { call } from './call';

/** Longer than the function may run: 15 minutes. */
const INVOKE_MS = 16 * 60_000;

/** The function ended with an error of its own. What it did stays done. */
export class FunctionFailed extends HoldfastError {
  constructor(
    readonly functionName: string,
    readonly region: string,
    /** What it said. */
    readonly why: string,
  ) {
    super(`${functionName} in ${region} failed: ${why} The same command goes on where it ended.`);
  }
}

/** @param name of the function, the same in both regions */
export function restoreFunctions(clients: Clients, name: string): RestoreFunctions {
  // An answer comes when the work is done: a second try of the SDK would begin it twice.
  const lambda = clients(
    (config) =>
      new LambdaClient({ ...config, maxAttempts: 1, requestHandler: { requestTimeout: INVOKE_MS } }),
  );
  return {
    async invoke(region, request) {
      const Payload = Buffer.from(JSON.stringify(request));
      const answer = await call(
        'lambda:InvokeFunction',
        region,
        (options) => lambda(region).send(new InvokeCommand({ FunctionName: name, Payload }), options),
        INVOKE_MS,
      );
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError !== undefined) throw new FunctionFailed(name, region, messageIn(text));
      return JSON.parse(text) as RestoreReply;
    },
  };
}

/** Lambda gives an error as `{"errorType", "errorMessage"}`. */
function messageIn(text: string): string {
  try {
    const { errorMessage } = JSON.parse(text) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : text;
  } catch {
    // Not even that: shown as it is.
    return text;
  }
}
