import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnFlowLog } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logGroup } from '../config/names';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import { ownStreams } from '../security/own-streams';

/** Refused traffic of the VPC. Accepted traffic is most of the volume and little of the insight. */
export class FlowLogs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly vpcId: string; readonly logKey: IKey },
  ) {
    super(scope, id);
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: logGroup(props.platform, 'network', 'flow'),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: props.logKey,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com'),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
              resources: [logs.logGroupArn],
            }),
          ],
        }),
      },
    });
    acknowledge(role, ownStreams(logs));
    new CfnFlowLog(this, 'Log', {
      resourceType: 'VPC',
      resourceId: props.vpcId,
      trafficType: 'REJECT',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: logs.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
  }
}
