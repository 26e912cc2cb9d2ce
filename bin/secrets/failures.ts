import { CallFailed, failureOf } from '../checks/failures';
import { explain } from '../operate/failures';

/** One sentence about a call that failed, for somebody who sets or looks at secrets. */
export function explainCall(error: unknown): string {
  if (error instanceof CallFailed && failureOf(error.cause) === 'forbidden')
    return `The permission ${error.action} is missing in ${error.region}; docs/iam-secrets-policy.json has all that are needed.`;
  return explain(error);
}
