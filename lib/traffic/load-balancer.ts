import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnListener, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { regionDomain } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { BALANCER_LOG_PREFIX } from '../storage/access-logs';
import { BalancerAlarms } from './balancer-alarms';
import { listenerAttributes } from './listener-attributes';
import { publicZone } from './public-zone';

export interface LoadBalancerProps {
  readonly platform: Platform;
  readonly role: Role;
  /** Public subnets, one in each zone. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly accessLogs: IBucket;
}

/**
 * The entrance of a region: a balancer over three zones with HTTPS, a redirect from HTTP, and the fixed name of the
 * region in the hosted zone. What no service's route matches is a 404 from the balancer itself.
 */
export class LoadBalancer extends Construct {
  readonly arn: string;
  readonly fullName: string;
  readonly httpsListenerArn: string;
  /** Where a new set of tasks is tried before it gets traffic; open to the addresses of the file only. */
  readonly testListenerArn: string;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { platform, role } = props;
    const balancer = new CfnLoadBalancer(this, 'Balancer', {
      name: `${platform.name}-${role}`,
      type: 'application',
      scheme: 'internet-facing',
      ipAddressType: 'ipv4',
      subnets: [...props.subnetIds],
      securityGroups: [props.securityGroupId],
      loadBalancerAttributes: attributes(platform, props.accessLogs),
    });
    this.arn = balancer.ref;
    this.fullName = balancer.attrLoadBalancerFullName;

    const certificate = new Certificate(this, 'Certificate', {
      domainName: platform.domain.name,
      subjectAlternativeNames: [`*.${platform.domain.name}`],
      validation: CertificateValidation.fromDns(publicZone(this, platform)),
    });
    const listener = (listenerId: string, port: number) =>
      this.https(listenerId, { platform, port, balancer, certificateArn: certificate.certificateArn });
    const https = listener('Https', platform.edge.httpsPort);
    // Always there, also while no service shifts traffic: a stack may not lose what another one imports.
    this.testListenerArn = listener('Test', platform.edge.test.port).ref;
    this.httpsListenerArn = https.ref;
    new BalancerAlarms(this, 'Alarms', {
      platform,
      fullName: this.fullName,
      certificateArn: certificate.certificateArn,
    });
    new CfnListener(this, 'Http', {
      loadBalancerArn: balancer.ref,
      port: platform.edge.httpPort,
      protocol: 'HTTP',
      defaultActions: [
        {
          type: 'redirect',
          redirectConfig: {
            protocol: 'HTTPS',
            port: String(platform.edge.httpsPort),
            statusCode: 'HTTP_301',
          },
        },
      ],
    });
    new CfnRecordSet(this, 'RegionName', {
      hostedZoneId: platform.domain.hostedZone.id,
      name: regionDomain(platform, role),
      type: 'A',
      aliasTarget: {
        dnsName: balancer.attrDnsName,
        hostedZoneId: balancer.attrCanonicalHostedZoneId,
        evaluateTargetHealth: false,
      },
    });
  }

  /** A listener with the certificate and the headers of the platform, and a 404 for what no rule takes. */
  private https(
    id: string,
    asked: {
      readonly platform: Platform;
      readonly port: number;
      readonly balancer: CfnLoadBalancer;
      readonly certificateArn: string;
    },
  ): CfnListener {
    const { platform, port, balancer, certificateArn } = asked;
    return new CfnListener(this, id, {
      loadBalancerArn: balancer.ref,
      port,
      protocol: 'HTTPS',
      sslPolicy: platform.edge.tlsPolicy,
      certificates: [{ certificateArn }],
      listenerAttributes: listenerAttributes(platform.edge),
      defaultActions: [
        {
          type: 'fixed-response',
          fixedResponseConfig: {
            statusCode: '404',
            contentType: 'text/plain',
            messageBody: 'No service answers here.',
          },
        },
      ],
    });
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes */
function attributes(
  platform: Platform,
  accessLogs: IBucket,
): CfnLoadBalancer.LoadBalancerAttributeProperty[] {
  const longestSilence = Math.max(
    60,
    ...platform.services.map(({ requestTimeoutSeconds }) => requestTimeoutSeconds),
  );
  return Object.entries({
    'idle_timeout.timeout_seconds': String(longestSilence),
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http2.enabled': 'true',
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': accessLogs.bucketName,
    'access_logs.s3.prefix': BALANCER_LOG_PREFIX,
  }).map(([key, value]) => ({ key, value }));
}
