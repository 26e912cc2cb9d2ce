import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { EdgeStack } from '../../lib/stacks/edge-stack';
import { bareApp, variant } from '../support/synth';

const TARGET = variant('ops-center', {
  edge: {
    httpsPort: 9443,
    cors: { origins: ['https://partner.example.com'] },
    securityHeaders: { contentSecurityPolicy: "default-src 'self'" },
    cdn: {
      paths: ['/assets/*', '/*.css'],
      maxAgeSeconds: 3600,
      headers: { 'Permissions-Policy': 'camera=()' },
    },
  },
});
const DOMAIN = TARGET.domain.name;
// biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
type Free = any;

const template = Template.fromStack(new EdgeStack(bareApp(), { platform: TARGET }));
const only = (type: string): Free => {
  const found = Object.values(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return found[0]?.Properties;
};
const config = only('AWS::CloudFront::Distribution').DistributionConfig;

describe('the CDN', () => {
  it('follows a failover by the failover name alone', () => {
    expect(config.Origins).toHaveLength(1);
    expect(config.Origins[0]).toMatchObject({
      DomainName: DOMAIN,
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', HTTPSPort: 9443 },
    });
    expect(config.Origins[0].CustomOriginConfig.OriginKeepaliveTimeout).toBeLessThan(60);
    expect(config.OriginGroups).toBeUndefined();
  });

  it('leaves the failover records to themselves, and takes a name beside them', () => {
    const records = Object.values(template.findResources('AWS::Route53::RecordSet')).map(
      ({ Properties }: Free) => Properties,
    );
    const failover = records.filter(({ Name }) => Name === DOMAIN);
    expect(failover.map(({ Failover }) => Failover).sort()).toEqual(['PRIMARY', 'SECONDARY']);
    const own = records.filter(({ Name }) => Name === `static.${DOMAIN}`);
    expect(own.map(({ Type }) => Type).sort()).toEqual(['A', 'AAAA']);
    expect(config.Aliases).toEqual([`static.${DOMAIN}`]);
  });

  it('caches the paths of the file and no dynamic answer', () => {
    expect(config.DefaultCacheBehavior.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    expect(config.CacheBehaviors.map(({ PathPattern }: Free) => PathPattern)).toEqual([
      '/assets/*',
      '/*.css',
    ]);
    for (const { CachePolicyId } of config.CacheBehaviors) expect(CachePolicyId).toHaveProperty('Ref');
    expect(only('AWS::CloudFront::CachePolicy').CachePolicyConfig).toMatchObject({
      MaxTTL: 3600,
      DefaultTTL: 3600,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: true,
        EnableAcceptEncodingBrotli: true,
        CookiesConfig: { CookieBehavior: 'none' },
      },
    });
  });

  it('only reads, and forwards nobody’s cookies or login', () => {
    for (const behaviour of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) {
      expect(behaviour.AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS']);
      expect(behaviour.OriginRequestPolicyId).toBeUndefined();
      expect(behaviour).toMatchObject({ Compress: true, ViewerProtocolPolicy: 'redirect-to-https' });
    }
  });

  it('sets the headers of security, and those that a balancer cannot', () => {
    const headers = only('AWS::CloudFront::ResponseHeadersPolicy').ResponseHeadersPolicyConfig;
    expect(headers.SecurityHeadersConfig).toMatchObject({
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
      ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'" },
      FrameOptions: { FrameOption: 'DENY' },
    });
    expect(headers.CustomHeadersConfig.Items).toEqual([
      { Header: 'Permissions-Policy', Value: 'camera=()', Override: true },
    ]);
    expect(headers.CorsConfig.AccessControlAllowOrigins.Items).toEqual([
      `https://${DOMAIN}:9443`,
      'https://partner.example.com',
    ]);
  });

  it('tells an error again soon, so that a file of a new version appears with it', () => {
    const seconds = config.CustomErrorResponses.map(({ ErrorCachingMinTTL }: Free) => ErrorCachingMinTTL);
    expect(Math.max(...seconds)).toBe(1);
  });

  it('stands behind a firewall with the zones of the file, counted by the addresses of its clients', () => {
    const acl = only('AWS::WAFv2::WebACL');
    expect(acl).toMatchObject({ Scope: 'CLOUDFRONT', Name: 'ops-center-cdn' });
    expect(acl.Rules.map(({ Name }: Free) => Name)).toContain('rate-api');
    expect(config.WebACLId).toHaveProperty('Fn::GetAtt');
    expect(Object.keys(template.findResources('AWS::WAFv2::WebACLAssociation'))).toEqual([]);
  });

  it('speaks modern TLS, and keeps a log', () => {
    expect(config.ViewerCertificate).toMatchObject({
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    });
    expect(only('AWS::Logs::DeliverySource').LogType).toBe('ACCESS_LOGS');
    expect(only('AWS::Logs::Delivery').DeliveryDestinationArn).toHaveProperty('Fn::GetAtt');
  });

  it('pages for errors of its origin', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }: Free) => Properties,
    );
    expect(alarms.find(({ AlarmName }) => AlarmName === 'ops-center-cdn-errors')).toMatchObject({
      MetricName: '5xxErrorRate',
      TreatMissingData: 'notBreaching',
    });
  });
});
