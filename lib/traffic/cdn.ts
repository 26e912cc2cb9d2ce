import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { cdnDomain } from '../config/names';
import type { Cdn as CdnConfig, Platform } from '../config/platform';
import { makeAlarm } from '../monitoring/cloudwatch/alarm';
import { acknowledge } from '../security/acknowledge';
import { CdnLogs } from './cdn-logs';
import { answerHeaders, staticCache } from './cdn-policies';
import { publicZone } from './public-zone';
import { WebAcl } from './web-acl';

/** Id of a policy of AWS: nothing is cached. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
/** Zone of every distribution, for alias records. */
const DISTRIBUTIONS_ZONE = 'Z2FDTNDATAQYW2';
const ORIGIN = 'failover-name';
/** An error is told again after this: a file of a new version may be asked of a task of the old one. */
const ERROR_SECONDS = 1;
const ERRORS = [404, 500, 502, 503, 504];

/**
 * CloudFront for static files, under a name of its own. Its origin is the name with the failover records, so it follows a
 * failover as every client does, within their TTL, and nothing of it has to be changed for that; what it has cached it
 * serves through the pause. Clients talk to services past it: see "The CDN has a name of its own" in docs/decisions.md.
 * It reads only (GET, HEAD, OPTIONS), forwards neither cookies nor logins, and caches nothing but the paths of the file.
 */
export class Cdn extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly cdn: CdnConfig; readonly topicArn: string },
  ) {
    super(scope, id);
    const { platform, cdn } = props;
    const distribution = this.distribution(platform, cdn);
    acknowledge(distribution, {
      'AwsSolutions-CFR1':
        'A platform is for users everywhere; who shuts countries out does it in the firewall.',
      'AwsSolutions-CFR3':
        'The access logs go to CloudWatch by the newer way of delivery, which the distribution itself does not show.',
    });
    new CdnLogs(this, 'Logs', { platform, distributionId: distribution.ref });
    for (const type of ['A', 'AAAA']) {
      new CfnRecordSet(this, `Name${type}`, {
        hostedZoneId: platform.domain.hostedZone.id,
        name: cdnDomain(platform, cdn),
        type,
        aliasTarget: { dnsName: distribution.attrDomainName, hostedZoneId: DISTRIBUTIONS_ZONE },
      });
    }
    makeAlarm(this, props, {
      name: 'cdn-errors',
      says: 'More than 5 % of what the CDN is asked ends in an error of the origin: pages may load without their files. Look whether the platform itself answers; if it does, look in the log group of the CDN which paths fail.',
      runbook: 'cloudwatch-alarms',
      urgency: 'page',
      namespace: 'AWS/CloudFront',
      metric: '5xxErrorRate',
      dimensions: { DistributionId: distribution.ref, Region: 'Global' },
      statistic: 'Average',
      periodSeconds: 60,
      periods: 5,
      of: 5,
      threshold: 5,
      silence: 'nothing-happened',
    });
  }

  private distribution(platform: Platform, cdn: CdnConfig): CfnDistribution {
    const host = cdnDomain(platform, cdn);
    const certificate = new Certificate(this, 'Certificate', {
      domainName: host,
      validation: CertificateValidation.fromDns(publicZone(this, platform)),
    });
    const { arn: webAclId } = new WebAcl(this, 'WebAcl', { platform });
    const headers = answerHeaders(this, platform, cdn).ref;
    const cache = staticCache(this, platform, cdn).ref;
    const behaviour = {
      targetOriginId: ORIGIN,
      viewerProtocolPolicy: 'redirect-to-https',
      allowedMethods: ['GET', 'HEAD', 'OPTIONS'],
      responseHeadersPolicyId: headers,
      compress: true,
    };
    return new CfnDistribution(this, 'Distribution', {
      distributionConfig: {
        enabled: true,
        comment: `${platform.name}: static files`,
        aliases: [host],
        httpVersion: 'http2and3',
        ipv6Enabled: true,
        priceClass: 'PriceClass_All',
        webAclId,
        viewerCertificate: {
          acmCertificateArn: certificate.certificateArn,
          minimumProtocolVersion: 'TLSv1.2_2021',
          sslSupportMethod: 'sni-only',
        },
        origins: [origin(platform)],
        defaultCacheBehavior: { ...behaviour, cachePolicyId: CACHING_DISABLED },
        cacheBehaviors: cdn.paths.map((pathPattern) => ({
          ...behaviour,
          pathPattern,
          cachePolicyId: cache,
        })),
        customErrorResponses: ERRORS.map((errorCode) => ({
          errorCode,
          errorCachingMinTtl: ERROR_SECONDS,
        })),
      },
    });
  }
}

/** The failover name itself: the host that a balancer of either region knows, and has a certificate for. */
const origin = ({ domain, edge }: Platform): CfnDistribution.OriginProperty => ({
  id: ORIGIN,
  domainName: domain.name,
  connectionAttempts: 2,
  connectionTimeout: 5,
  customOriginConfig: {
    originProtocolPolicy: 'https-only',
    httpsPort: edge.httpsPort,
    originSslProtocols: ['TLSv1.2'],
    // Short, so that no connection to the region that was left outlives the TTL of its name.
    originKeepaliveTimeout: 5,
    originReadTimeout: 30,
  },
});
