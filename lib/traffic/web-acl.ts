import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Platform } from '../config/platform';
import { makeAlarm } from '../monitoring/cloudwatch/alarm';
import { webAclAlarm } from './web-acl-alarms';
import { webAclRules } from './web-acl-rules';

/** AWS WAF in front of the balancer: rate zones of the platform file and AWS's managed rule groups. */
export class WebAcl extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly balancerArn: string; readonly logKey: IKey },
  ) {
    super(scope, id);
    const { platform } = props;
    const acl = new CfnWebACL(this, 'Acl', {
      name: platform.name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: webAclRules(platform.edge),
      visibilityConfig: {
        cloudWatchMetricsEnabled: true,
        sampledRequestsEnabled: true,
        metricName: platform.name,
      },
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: props.balancerArn, webAclArn: acl.attrArn });
    makeAlarm(this, { platform }, webAclAlarm(platform, acl.stack.region));
    const logs = new LogGroup(this, 'Logs', {
      // WAF writes only to groups whose name starts like this.
      logGroupName: `aws-waf-logs-${platform.name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: props.logKey,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
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
