import { type CfnResource, RemovalPolicy } from 'aws-cdk-lib';

/**
 * Keeps a resource that holds data when it leaves a template or when CloudFormation wants to replace it. A resource
 * whose first creation failed halfway is removed, so that the next attempt does not end in "already exists".
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 * @param logicalId fixed name in the template: a moved construct must never look like a new database
 */
export function protect(resource: CfnResource, logicalId: string): void {
  resource.overrideLogicalId(logicalId);
  resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
}
