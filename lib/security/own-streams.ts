import { Stack } from 'aws-cdk-lib';
import type { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';

/** Reason for the `:*` in which CloudFormation's ARN of a log group ends, as cdk-nag names the finding. */
export function ownStreams(logs: LogGroup): Record<string, string> {
  const id = Stack.of(logs).getLogicalId(logs.node.defaultChild as CfnLogGroup);
  return {
    [`AwsSolutions-IAM5[Resource::<${id}.Arn>]`]:
      'The ARN of a log group ends in :*, which stands for its own log streams.',
  };
}
