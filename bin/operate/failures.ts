import { LeadershipUnreachable } from '../../lambda/leader/read';
import { nameOf, sentenceOf } from '../../lambda/runtime/errors';
import { CallFailed, explainFailure, type Failure, failureOf, SIGN_IN } from '../checks/failures';
import { documentOf } from './documents';

/** What happened and what to do about it, for the person whose command ends by it. */
export function explain(error: unknown): string {
  if (error instanceof LeadershipUnreachable) return ofTheTable(error);
  const isCall = error instanceof CallFailed;
  const said = isCall ? ofACall(error) : explainFailure(error);
  switch (failureOf(isCall ? error.cause : error)) {
    case 'no credentials':
      return `${isCall ? said : 'There are no AWS credentials.'} ${SIGN_IN}`;
    case 'expired credentials':
      return `${isCall ? said : 'The AWS credentials have expired.'} ${SIGN_IN}`;
    case 'refused credentials':
      return `${said} If it is, AWS does not know these credentials. ${SIGN_IN}`;
    case 'forbidden':
      return error instanceof CallFailed
        ? said
        : `${said} The policies docs/iam-*.json have all that is needed.`;
    default:
      return !isCall && isAbsent(error) ? `${said} ${NOT_DEPLOYED}` : said;
  }
}

/** One sentence about a question that got no answer, for somebody in a hurry. */
function ofACall(error: CallFailed): string {
  const { action, region, cause } = error;
  switch (failureOf(cause)) {
    case 'forbidden':
      return `The permission ${action} is missing in ${region}; ${documentOf(action)} has all that are needed.`;
    case 'timeout':
      return `${action} in ${region} gave no answer in time.`;
    case 'no network':
      return unreachable(error);
    case 'throttled':
      return `AWS answered ${action} in ${region} with "too many requests".`;
    default:
      if (isAbsent(cause)) return `${explainFailure(error)} ${NOT_DEPLOYED}`;
      return CONNECTION.test(sentenceOf(cause)) ? unreachable(error) : explainFailure(error);
  }
}

/** What the services of AWS call a thing of the platform that is not there. */
const ABSENT =
  /^((Resource|Cluster|Service|DBInstance|CacheCluster|ReplicationGroup|TargetGroup|LoadBalancer|Repository)NotFound(Fault|Exception)?|NoSuchBucket|NoSuchHostedZone)$/;
const NOT_DEPLOYED =
  'Is the platform deployed, all of it, and are these the credentials of its account? See: npx holdfast check';

/** Whether an error, or what it comes from, says that there is no such thing. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && (ABSENT.test(nameOf(error)) || isAbsent(error.cause));

/** Three regions that say the same, say it once. */
function ofTheTable(error: LeadershipUnreachable): string {
  if (error.failures.length > 0 && error.failures.every((one) => isAbsent(one.error)))
    return `There is no leadership table in ${error.failures.map(({ region }) => region).join(', ')}. ${NOT_DEPLOYED}`;
  const [kind, ...others] = new Set(error.failures.map((one) => failureOf(one.error)));
  const said = kind === undefined || others.length > 0 ? undefined : TABLE_FAILURES[kind];
  return said === undefined ? sentenceOf(error) : `The leadership table was not ${error.doing}: ${said}`;
}

const TABLE_FAILURES: Readonly<Partial<Record<Failure, string>>> = {
  'no credentials': `there are no AWS credentials. ${SIGN_IN}`,
  'expired credentials': `the credentials have expired. ${SIGN_IN}`,
  'refused credentials': `AWS does not know these credentials, or the regions are not enabled in the account. ${SIGN_IN}`,
  forbidden: `the permission dynamodb:GetItem or dynamodb:PutItem is missing; ${documentOf('dynamodb:PutItem')} has all that are needed.`,
};

/** Some clients of the SDK wrap a failed connection into an error of their own, whose text alone tells. */
const CONNECTION = /\b(ENOTFOUND|EAI_AGAIN|ECONN[A-Z]+|ENETUNREACH|EHOSTUNREACH)\b/;

const unreachable = ({ action, region, cause }: CallFailed): string =>
  `${action} in ${region} could not be reached (${sentenceOf(cause)
    .replace(/^.*error wrapper for \w+: /, '')
    .replace(/\.$/, '')}).`;

/** What a source said, or the sentence why it said nothing. */
export type Answer<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly sentence: string };

/** Waits for an answer and never rejects. Of many sources the table alone says what to do: once is enough. */
export async function answerOf<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { known: true, value: await asked };
  } catch (error) {
    return { known: false, sentence: error instanceof CallFailed ? ofACall(error) : explain(error) };
  }
}
