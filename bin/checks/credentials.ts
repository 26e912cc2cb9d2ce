import { CallFailed, explainFailure, failureOf, SIGN_IN } from './failures';
import { type Finding, ok, todo, unknown } from './line';
import type { Identity } from './ports';

export const CREDENTIALS = 'credentials';

/**
 * Whose credentials are these, and of the platform's account?
 * @returns `ok` only if everything else may be asked with them
 */
export async function credentials(account: string, identity: Identity): Promise<Finding> {
  try {
    const caller = await identity.caller();
    if (caller.account === account) return ok(`${caller.arn} belongs to the account ${account}.`);
    return todo(
      `The credentials belong to the account ${caller.account} (${caller.arn}), the platform to ${account}.`,
      `Use credentials of ${account} (AWS_PROFILE), or correct \`account\` in the platform file.`,
    );
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): Finding {
  switch (failureOf(error instanceof CallFailed ? error.cause : error)) {
    case 'no credentials':
      return todo('There are no AWS credentials.', SIGN_IN);
    case 'expired credentials':
      return todo('The AWS credentials have expired.', SIGN_IN);
    case 'refused credentials':
      return todo('AWS does not know these credentials.', SIGN_IN);
    default:
      return unknown(explainFailure(error));
  }
}
