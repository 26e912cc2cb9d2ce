import { HoldfastError, nameOf, sentenceOf } from '../../lambda/runtime/errors';

/** A question to AWS that got no answer. */
export class CallFailed extends HoldfastError {
  constructor(
    /** As in a policy, for example `ecr:DescribeImages`. */
    readonly action: string,
    readonly region: string,
    override readonly cause: unknown,
  ) {
    super(`${action} in ${region} failed`, { cause });
  }
}

/** What to do without credentials that AWS takes. */
export const SIGN_IN =
  'Sign in and try again: `aws sso login --profile NAME` and `export AWS_PROFILE=NAME`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';

export type Failure =
  | 'no credentials'
  | 'expired credentials'
  | 'refused credentials'
  | 'forbidden'
  | 'throttled'
  | 'timeout'
  | 'no network'
  | 'not offered'
  | 'unreadable'
  | 'other';

/** Names that the services of AWS, the SDK and Node give the same thing; there is no common one. */
const NAMES: Readonly<Record<Exclude<Failure, 'unreadable' | 'other'>, RegExp>> = {
  'expired credentials': /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/,
  'no credentials': /^(CredentialsProviderError|TokenProviderError)$/,
  'refused credentials':
    /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException|InvalidAccessKeyId|IncompleteSignature|MissingAuthenticationToken|OptInRequired)$/,
  forbidden:
    /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|AuthorizationError(Exception)?|Forbidden)$/,
  throttled:
    /^(Throttl\w*|TooManyRequests\w*|RequestLimitExceeded|RequestThrottled\w*|PriorRequestNotComplete|SlowDown|LimitExceededException)$/,
  timeout: /^(TimedOut|TimeoutError|AbortError|ETIMEOUT|ETIMEDOUT|RequestTimeout\w*)$/,
  'no network':
    /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EPIPE|EPROTO|CERT_\w+|ESERVFAIL|EREFUSED)$/,
  'not offered': /^(NotImplemented\w*|InvalidAction|UnknownOperation\w*|UnsupportedOperation\w*|501)$/,
};
const FAILURES = Object.keys(NAMES) as (keyof typeof NAMES)[];

/** Which kind of failure an error is, by the names and codes in its chain of causes. */
export function failureOf(error: unknown): Failure {
  for (const name of namesIn(error)) {
    const kind = FAILURES.find((failure) => NAMES[failure].test(name));
    if (kind === 'no credentials' && /expired/i.test(sentenceOf(error))) return 'expired credentials';
    if (kind) return kind;
  }
  // The SDK's remark on an answer that is no answer of AWS, for example a page of HTML.
  return /Deserialization error/.test(sentenceOf(error)) ? 'unreadable' : 'other';
}

function namesIn(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const parts = error instanceof AggregateError ? error.errors.flatMap(namesIn) : [];
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return [
    nameOf(error),
    ...(typeof code === 'string' ? [code] : []),
    ...(status === 501 ? ['501'] : []),
    ...parts,
    ...namesIn(error.cause),
  ];
}

/** One sentence about a question that got no answer: why, and what would help. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof CallFailed)) return stop(sentenceOf(error));
  const { action, region, cause } = error;
  switch (failureOf(cause)) {
    case 'no credentials':
      return `${action} was not asked: there are no AWS credentials.`;
    case 'expired credentials':
      return `${action} was not answered: the credentials have expired.`;
    case 'refused credentials':
      return `${region} refused the credentials for ${action}: is the region enabled in the account?`;
    case 'forbidden':
      return `The permission ${action} is missing; \`npx holdfast check --policy\` prints all that are needed.`;
    case 'throttled':
      return `AWS answered ${action} with "too many requests"; run the check again in a minute.`;
    case 'timeout':
      return `${action} in ${region} gave no answer in time; run the check again, and see health.aws.amazon.com.`;
    case 'no network':
      return `${action} in ${region} could not be reached (${bare(sentenceOf(cause))}): is there a network, a proxy or an AWS_ENDPOINT_URL in the way?`;
    case 'not offered':
      return `The service in ${region} does not know ${action}.`;
    case 'unreadable':
      return `What answered ${action} in ${region} is not AWS: is there a proxy or an AWS_ENDPOINT_URL in the way?`;
    case 'other':
      return `${action} in ${region} failed: ${stop(sentenceOf(cause))}`;
  }
}

const bare = (sentence: string): string => sentence.replace(/\.$/, '');
const stop = (sentence: string): string => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`);
