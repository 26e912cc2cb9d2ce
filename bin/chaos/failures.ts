import { CallFailed, failureOf } from '../checks/failures';
import { explain } from '../operate/failures';

/** One sentence about a call that failed, for somebody who tries a platform out. */
export function explainChaos(error: unknown): string {
  if (
    error instanceof CallFailed &&
    error.action.startsWith('fis:') &&
    failureOf(error.cause) === 'forbidden'
  )
    return `The permission ${error.action} is missing in ${error.region}; docs/iam-chaos-policy.json has all that are needed.`;
  return explain(error);
}
