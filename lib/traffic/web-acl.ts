import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { cdnName } from '../config/names';
import type { Platform } from '../config/platform';
import { makeAlarm } from '../monitoring/cloudwatch/alarm';
import { webAclAlarm } from './web-acl-alarms';
import { webAclRules } from './web-acl-rules';

export interface WebAclProps {
  readonly platform: Platform;
  /** What it stands in front of; without one it is for the CDN, which names its firewall itself. */
  readonly balancerArn?: string;
  /** Encrypts its log; us-east-1 has no key of the platform for that of the CDN. */
  readonly logKey?: IKey;
}

/** AWS WAF in front of the balancer of a region or of the CDN: rate zones of the file and AWS's managed rule groups. */
export class WebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { platform, balancerArn, logKey }: WebAclProps) {
    super(scope, id);
    const name = balancerArn === undefined ? cdnName(platform) : platform.name;
    const acl = new CfnWebACL(this, 'Acl', {
      name,
      scope: balancerArn === undefined ? 'CLOUDFRONT' : 'REGIONAL',
      defaultAction: { allow: {} },
      rules: webAclRules(platform.edge),
      visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: name },
    });
    this.arn = acl.attrArn;
    if (balancerArn !== undefined) {
      new CfnWebACLAssociation(this, 'Association', { resourceArn: balancerArn, webAclArn: acl.attrArn });
      makeAlarm(this, { platform }, webAclAlarm(platform, acl.stack.region));
    }
    this.logging(platform, name, acl.attrArn, logKey);
  }

  private logging(platform: Platform, name: string, aclArn: string, logKey: IKey | undefined): void {
    const logs = new LogGroup(this, 'Logs', {
      // WAF writes only to groups whose name starts like this.
      logGroupName: `aws-waf-logs-${name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(logKey ? { encryptionKey: logKey } : {}),
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: aclArn,
      logDestinationConfigs: [
        // The group's ARN without the `:*` that CloudFormation's attribute ends in.
        `arn:aws:logs:${logs.env.region}:${platform.account}:log-group:${logs.logGroupName}`,
      ],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
          },
        ],
      },
    });
  }
}
