import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnApiMapping,
  CfnDomainName,
  CfnIntegration,
  CfnRoute,
  CfnStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ENVIRONMENT, STANDBY_LEADS_PATH, STATUS_PATH } from '../../lambda/leadership-endpoint/contract';
import { endpointDomain, leadershipTable, logGroup, regionOf } from '../config/names';
import type { Platform } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { acknowledge } from '../security/acknowledge';
import { publicZone } from '../traffic/public-zone';
import { leadershipTableArns, tableRegionsFrom } from './leadership-table';

/** Route 53 asks from some twenty places every ten seconds; more than this is not Route 53. */
const REQUESTS_PER_SECOND = 50;

/**
 * The endpoint that tells Route 53 whether the standby leads, in standby and witness: a function behind an HTTP API
 * under a name of our own, because what AWS invents never crosses a region.
 */
export class LeadershipEndpoint extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly place: 'standby' | 'witness'; readonly logKey?: IKey },
  ) {
    super(scope, id);
    const { platform, place } = props;
    const region = regionOf(platform, place);
    const domain = endpointDomain(platform, place);
    const endpoint = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'leadership-endpoint',
      description: 'Answers 200 while the standby region leads',
      // Route 53 waits two seconds; a read that asks three regions in turn goes on and serves the next request.
      timeout: Duration.seconds(15),
      ...(props.logKey ? { logKey: props.logKey } : {}),
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
        [ENVIRONMENT.standbyRegion]: platform.regions.standby.name,
      },
    });
    endpoint.allow(['dynamodb:GetItem'], leadershipTableArns(platform));

    const api = new CfnApi(this, 'Api', {
      name: `${platform.name}-leadership`,
      protocolType: 'HTTP',
      disableExecuteApiEndpoint: true,
    });
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: endpoint.arn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:${region}:${platform.account}:${api.ref}/*`,
    });
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: endpoint.arn,
      payloadFormatVersion: '2.0',
    });
    for (const [id, path] of [
      ['StandbyLeads', STANDBY_LEADS_PATH],
      ['Status', STATUS_PATH],
    ] as const) {
      const route = new CfnRoute(this, id, {
        apiId: api.ref,
        routeKey: `GET ${path}`,
        authorizationType: 'NONE',
        target: `integrations/${integration.ref}`,
      });
      acknowledge(route, {
        'AwsSolutions-APIG4':
          'Route 53 asks this path and can send no credential; the answer says only which region leads.',
      });
    }
    const stage = this.stage(api, props);
    this.name(api, stage, props, domain);
    new CfnOutput(this, 'Url', {
      value: `https://${domain}${STATUS_PATH}`,
      description: 'Who leads, as JSON',
    });
  }

  private stage(
    api: CfnApi,
    { platform, logKey }: { readonly platform: Platform; readonly logKey?: IKey },
  ): CfnStage {
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: logGroup(platform, 'leadership-endpoint', 'access'),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(logKey ? { encryptionKey: logKey } : {}),
    });
    return new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: logs.logGroupArn,
        format: JSON.stringify({
          // CloudFormation demands the id of the request.
          request: '$context.requestId',
          time: '$context.requestTime',
          address: '$context.identity.sourceIp',
          path: '$context.path',
          status: '$context.status',
          milliseconds: '$context.responseLatency',
        }),
      },
      defaultRouteSettings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: 2 * REQUESTS_PER_SECOND,
      },
    });
  }

  private name(
    api: CfnApi,
    stage: CfnStage,
    { platform }: { readonly platform: Platform },
    domain: string,
  ): void {
    const zone = publicZone(this, platform);
    const certificate = new Certificate(this, 'Certificate', {
      domainName: domain,
      validation: CertificateValidation.fromDns(zone),
    });
    const name = new CfnDomainName(this, 'Domain', {
      domainName: domain,
      domainNameConfigurations: [
        { certificateArn: certificate.certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
      ],
    });
    new CfnApiMapping(this, 'Mapping', { apiId: api.ref, domainName: name.ref, stage: stage.ref });
    new CfnRecordSet(this, 'Record', {
      hostedZoneId: platform.domain.hostedZone.id,
      name: domain,
      type: 'A',
      aliasTarget: { dnsName: name.attrRegionalDomainName, hostedZoneId: name.attrRegionalHostedZoneId },
    });
  }
}
