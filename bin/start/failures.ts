import { HoldfastError, nameOf } from '../../lambda/runtime/errors';
import { CallFailed, explainFailure, failureOf } from '../checks/failures';
import { explain } from '../operate/failures';

/** The function was reached and ended with an error. */
export class GateFailed extends HoldfastError {
  constructor(
    readonly functionName: string,
    readonly region: string,
    readonly said: string,
  ) {
    super(`The function ${functionName} in ${region} failed: ${said}`);
  }
}

/** One sentence about a gate that gave no answer: why, and what would help. */
export function explainStartFailure(error: unknown, functionName: string, region: string): string {
  if (!(error instanceof CallFailed)) return explainFailure(error);
  if (nameOf(error.cause) === 'ResourceNotFoundException') {
    return `There is no function ${functionName} in ${region}; deploy the platform first: npx holdfast deploy`;
  }
  switch (failureOf(error.cause)) {
    case 'forbidden':
      return `The permission ${error.action} is missing on the function ${functionName} in ${region}; docs/iam-services-policy.json has it.`;
    case 'throttled':
      return `AWS answered ${error.action} in ${region} with "too many requests"; say it again in a minute.`;
    case 'timeout':
      return `${functionName} in ${region} gave no answer in time; say it again, which is safe, and see health.aws.amazon.com.`;
    default:
      return explain(error);
  }
}
