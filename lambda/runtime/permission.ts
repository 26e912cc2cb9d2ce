import type { Clock } from './clock';
import { HoldfastError, nameOf, sentenceOf } from './errors';

/**
 * A policy that was changed seconds ago may not be in force yet: IAM is eventually consistent, and a function whose
 * role changed in the same deployment is refused meanwhile. So a refusal means "not yet" for a while.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */

/** For how long a refusal is taken for one that passes, in milliseconds; shorter if the function has less time. */
export const PATIENCE_MS = 90_000;
const POLL_MS = 5_000;
/** Time kept for what comes after, in milliseconds. */
const MARGIN_MS = 5_000;

/** AWS went on refusing. */
export class NotAllowed extends HoldfastError {
  constructor(
    /** As in a policy, for example `s3:PutReplicationConfiguration`. */
    readonly action: string,
    /** Name of the role, where AWS named it. */
    readonly role: string | undefined,
    readonly seconds: number,
    options: ErrorOptions,
  ) {
    const who = role === undefined ? 'The role of this function' : `The role ${role}`;
    const long = seconds > 0 ? ` for ${seconds} s` : '';
    super(
      `${who} may not do ${action}: AWS refused it${long}. Look what denies it (a policy of the organization, or one ` +
        'that was changed by hand), then deploy again.',
      options,
    );
  }
}

/** @returns whether AWS refused a call because its caller may not make it */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const named = /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden)$/.test(nameOf(error));
  return named || $metadata?.httpStatusCode === 403 || isRefusal(error.cause);
}

/** Does `work` until AWS allows it. */
export type Allowed = <T>(action: string, work: () => Promise<T>) => Promise<T>;

/**
 * @param host its deadline bounds the patience, which is one for everything that is done by the result
 * @param refused whether an error is such a refusal
 * @returns does what it is given, again and again while it is refused
 * @throws {NotAllowed} when the patience has ended; every other error at once
 */
export function untilAllowed(
  { clock, deadline }: { readonly clock: Clock; readonly deadline: number },
  refused: (error: unknown) => boolean = isRefusal,
): Allowed {
  const begun = clock.now();
  const end = Math.min(begun + PATIENCE_MS, deadline - MARGIN_MS);
  return async (action, work) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!refused(error)) throw error;
        if (clock.now() + POLL_MS > end) {
          const { action: named, role } = namesIn(sentenceOf(error));
          const seconds = Math.round((clock.now() - begun) / 1000);
          throw new NotAllowed(named ?? action, role, seconds, { cause: error });
        }
        await clock.sleep(POLL_MS);
      }
    }
  };
}

/** `User: arn:aws:sts::123456789012:assumed-role/ROLE/SESSION is not authorized to perform: ACTION on resource: ...` */
function namesIn(sentence: string): {
  readonly action: string | undefined;
  readonly role: string | undefined;
} {
  return {
    action: /not authorized to perform: ([\w-]+:\w+)/.exec(sentence)?.[1],
    role: /:assumed-role\/([^/\s]+)\//.exec(sentence)?.[1],
  };
}
