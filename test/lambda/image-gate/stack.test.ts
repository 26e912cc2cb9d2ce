import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describedStack } from '../../../lambda/image-gate/aws';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';

const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop-eu-west-1-Service-web/8f2b';

/** The local AWS API changes a stack at once, so that nobody can ask in between. */
let stub: AwsStub;
let status = '';

beforeEach(async () => {
  stub = await startAwsStub(() => ({
    status: status === '' ? 400 : 200,
    type: 'text/xml',
    body:
      status === ''
        ? '<ErrorResponse><Error><Code>ValidationError</Code><Message>There is none.</Message></Error></ErrorResponse>'
        : `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  }));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_CLOUDFORMATION: stub.endpoint,
  });
});
afterEach(async () => {
  delete process.env.AWS_ENDPOINT_URL_CLOUDFORMATION;
  await stub.stop();
});

describe('the stack that asks', () => {
  it.each([
    ['UPDATE_IN_PROGRESS', false],
    ['UPDATE_ROLLBACK_IN_PROGRESS', true],
    ['ROLLBACK_IN_PROGRESS', true],
  ])('in the state %s goes back: %s', async (state, back) => {
    status = state;
    expect(await describedStack(STACK).goesBack()).toBe(back);
    expect(new URLSearchParams(stub.requests[0]?.body).get('StackName')).toBe(STACK);
  });

  it('of which CloudFormation says nothing is an error for who asks', async () => {
    status = '';
    await expect(describedStack(STACK).goesBack()).rejects.toThrow('There is none.');
  });
});
