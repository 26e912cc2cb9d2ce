import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { regionAt } from '../../local/readback/aws';
import type { DeployedResource } from '../../local/readback/deployed';
import { TRAFFIC } from '../../local/readback/traffic';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, outputs, REGION, Stacks, type Template } from './support';

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

/** The parts of a CDN as the CDK writes them, but for the settings of the distribution. */
const TEMPLATE: Template = {
  Resources: {
    Acl: {
      Type: 'AWS::WAFv2::WebACL',
      Properties: {
        Name: 'shop-cdn',
        Scope: 'CLOUDFRONT',
        DefaultAction: { Allow: {} },
        VisibilityConfig: {
          CloudWatchMetricsEnabled: true,
          SampledRequestsEnabled: true,
          MetricName: 'shop-cdn',
        },
      },
    },
    Cache: { Type: 'AWS::CloudFront::CachePolicy', Properties: { CachePolicyConfig: { Name: 'shop' } } },
    Distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          WebACLId: { 'Fn::GetAtt': ['Acl', 'Arn'] },
          DefaultCacheBehavior: { CachePolicyId: { Ref: 'Cache' } },
        },
      },
    },
    Source: {
      Type: 'AWS::Logs::DeliverySource',
      Properties: {
        Name: 'shop-cdn',
        LogType: 'ACCESS_LOGS',
        ResourceArn: { 'Fn::Sub': `arn:aws:cloudfront::${ACCOUNT}:distribution/\${Distribution}` },
      },
    },
    Destination: {
      Type: 'AWS::Logs::DeliveryDestination',
      Properties: {
        Name: 'shop-cdn',
        OutputFormat: 'json',
        DestinationResourceArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/shop/cdn`,
      },
    },
    Delivery: {
      Type: 'AWS::Logs::Delivery',
      Properties: {
        DeliverySourceName: 'shop-cdn',
        DeliveryDestinationArn: { 'Fn::GetAtt': ['Destination', 'Arn'] },
      },
      DependsOn: ['Source'],
    },
  },
  Outputs: { Domain: { Value: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } } },
};

async function resource(logicalId: string, type: string): Promise<DeployedResource> {
  const physicalId = (await stacks.physicalId('cdn', logicalId)) ?? '';
  return {
    stack: 'cdn',
    region: REGION,
    logicalId,
    physicalId,
    type,
    definition: { Type: type },
    siblings: new Map(),
  };
}

describe('a CDN on the local AWS API', () => {
  it('has a name, a firewall of its own scope and a way for its logs, and is read back', async () => {
    const stack = await stacks.create('cdn', TEMPLATE);
    expect(await stacks.failures('cdn')).toEqual([]);
    expect(outputs(stack).Domain).toMatch(/^d[a-z0-9]+\.cloudfront\.net$/);
    const region = regionAt(api.endpoint, ACCOUNT, REGION);
    for (const [name, type] of [
      ['Acl', 'AWS::WAFv2::WebACL'],
      ['Source', 'AWS::Logs::DeliverySource'],
      ['Destination', 'AWS::Logs::DeliveryDestination'],
      ['Delivery', 'AWS::Logs::Delivery'],
    ] as const) {
      const made = await resource(name, type);
      expect([...((await TRAFFIC[type]?.(region, [made])) ?? [])]).toContain(made.physicalId);
    }
  });

  it('goes as a whole', async () => {
    expect((await stacks.delete('cdn')).StackStatus).toBe('DELETE_COMPLETE');
    const region = regionAt(api.endpoint, ACCOUNT, REGION);
    expect([...((await TRAFFIC['AWS::Logs::Delivery']?.(region, [])) ?? [])]).toEqual([]);
  });
});
