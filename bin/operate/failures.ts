import { sentenceOf } from '../../lambda/runtime/errors';
import { CallFailed, explainFailure, failureOf } from '../checks/failures';

/** One sentence about a question that got no answer, for somebody in a hurry. */
export function explain(error: unknown): string {
  if (!(error instanceof CallFailed)) return explainFailure(error);
  const { action, region, cause } = error;
  switch (failureOf(cause)) {
    case 'forbidden':
      return `The permission ${action} is missing in ${region}; docs/iam-operator-policy.json has all that are needed.`;
    case 'timeout':
      return `${action} in ${region} gave no answer in time.`;
    case 'no network':
      return unreachable(error);
    case 'throttled':
      return `AWS answered ${action} in ${region} with "too many requests".`;
    default:
      return CONNECTION.test(sentenceOf(cause)) ? unreachable(error) : explainFailure(error);
  }
}

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

/** Waits for an answer and never rejects. */
export async function answerOf<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { known: true, value: await asked };
  } catch (error) {
    return { known: false, sentence: explain(error) };
  }
}
