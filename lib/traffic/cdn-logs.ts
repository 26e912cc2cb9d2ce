import { RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnDelivery,
  CfnDeliveryDestination,
  CfnDeliverySource,
  LogGroup,
  RetentionDays,
} from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { cdnLogs, cdnName } from '../config/names';
import type { Platform } from '../config/platform';

/**
 * Access logs of the CDN, as JSON in CloudWatch of us-east-1: the newer way of delivery, which needs no bucket that
 * accepts ACLs. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class CdnLogs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly distributionId: string },
  ) {
    super(scope, id);
    const { platform, distributionId } = props;
    const group = new LogGroup(this, 'Group', {
      logGroupName: cdnLogs(platform),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const name = cdnName(platform);
    const source = new CfnDeliverySource(this, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: `arn:aws:cloudfront::${platform.account}:distribution/${distributionId}`,
    });
    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name,
      outputFormat: 'json',
      // The group's ARN without the `:*` that CloudFormation's attribute ends in.
      destinationResourceArn: `arn:aws:logs:${group.env.region}:${platform.account}:log-group:${group.logGroupName}`,
    });
    const delivery = new CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
    });
    delivery.addResourceDependency(source);
  }
}
