import { describe, expect, it } from '@jest/globals';
import { CallFailed, explainFailure, failureOf } from '../../../bin/checks/failures';
import { TimedOut } from '../../../lambda/runtime/errors';

const named = (name: string, message = 'from AWS', more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const explain = (cause: unknown): string =>
  explainFailure(new CallFailed('ecr:DescribeImages', 'eu-west-1', cause));

describe('a question without an answer', () => {
  it.each([
    [named('CredentialsProviderError', 'Could not load credentials from any providers'), 'no credentials'],
    [named('CredentialsProviderError', 'The SSO session has expired'), 'expired credentials'],
    [named('ExpiredTokenException'), 'expired credentials'],
    [named('UnrecognizedClientException'), 'refused credentials'],
    [named('AuthFailure'), 'refused credentials'],
    [named('AccessDeniedException'), 'forbidden'],
    [named('UnauthorizedOperation'), 'forbidden'],
    [named('ThrottlingException'), 'throttled'],
    [named('TooManyRequestsException'), 'throttled'],
    [new TimedOut('ecr:DescribeImages', 15_000), 'timeout'],
    [named('Error', 'getaddrinfo', { code: 'ENOTFOUND' }), 'no network'],
    [new AggregateError([named('Error', 'refused', { code: 'ECONNREFUSED' })]), 'no network'],
    [new Error('outer', { cause: named('Error', 'reset', { code: 'ECONNRESET' }) }), 'no network'],
    [named('501', 'no', { $metadata: { httpStatusCode: 501 } }), 'not offered'],
    [named('SyntaxError', 'Unexpected token <. Deserialization error: to see ...'), 'unreadable'],
    [named('ValidationException'), 'other'],
    ['a string', 'other'],
  ])('is sorted by its name: %s is %s', (error, kind) => {
    expect(failureOf(error)).toBe(kind);
  });

  it('says which permission is missing', () => {
    expect(explain(named('AccessDenied'))).toBe(
      'The permission ecr:DescribeImages is missing; `npx holdfast check --policy` prints all that are needed.',
    );
  });

  it('asks whether the region is enabled when it does not know the credentials', () => {
    expect(explain(named('UnrecognizedClientException'))).toBe(
      'eu-west-1 refused the credentials for ecr:DescribeImages: is the region enabled in the account?',
    );
  });

  it('is one sentence, whatever happened', () => {
    const errors = [
      named('ExpiredToken'),
      named('CredentialsProviderError'),
      named('Throttling'),
      new TimedOut('ecr:DescribeImages', 15_000),
      named('Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }),
      named('NotImplemented'),
      named('SyntaxError', 'Unexpected token <. Deserialization error: to see ...'),
      named('ValidationException', 'bad\n  input'),
      'a string',
    ];
    for (const error of errors) {
      expect(explain(error)).toMatch(/^[^\n]+[.?]$/);
      expect(explain(error)).toContain('ecr:DescribeImages');
    }
    expect(explainFailure(new Error('something else'))).toBe('something else.');
  });
});
