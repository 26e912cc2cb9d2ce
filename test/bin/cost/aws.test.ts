import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallFailed } from '../../../bin/checks/failures';
import { awsPriceList } from '../../../bin/cost/aws';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';

describe('the price list of AWS', () => {
  const before = { ...process.env };
  let stub: AwsStub;
  beforeAll(async () => {
    stub = await startAwsStub(({ body }) => {
      const { ServiceCode, NextToken }: { ServiceCode: string; NextToken?: string } = JSON.parse(body);
      if (ServiceCode === 'Nothing')
        return { status: 400, body: '{"__type":"AccessDeniedException","message":"not allowed"}' };
      const answer = NextToken ? { PriceList: ['{"b":2}'] } : { PriceList: ['{"a":1}'], NextToken: 'more' };
      return { status: 200, body: JSON.stringify(answer), type: 'application/x-amz-json-1.1' };
    });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_PRICING: stub.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  afterAll(async () => {
    process.env = before;
    await stub.stop();
  });

  it('gives the products of all pages as text, and is asked the same only once', async () => {
    const list = awsPriceList();
    const ask = () => list.products('AmazonEC2', { regionCode: 'us-east-1', productFamily: 'NAT Gateway' });
    expect(await Promise.all([ask(), ask()])).toEqual([
      ['{"a":1}', '{"b":2}'],
      ['{"a":1}', '{"b":2}'],
    ]);
    expect(stub.requests.length).toBe(2);
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({
      ServiceCode: 'AmazonEC2',
      Filters: [
        { Type: 'TERM_MATCH', Field: 'regionCode', Value: 'us-east-1' },
        { Type: 'TERM_MATCH', Field: 'productFamily', Value: 'NAT Gateway' },
      ],
    });
  });

  it('fails with the permission that it needs', async () => {
    const failed = awsPriceList().products('Nothing', {});
    await expect(failed).rejects.toThrow(CallFailed);
    await expect(failed).rejects.toThrow('pricing:GetProducts');
  });
});
