import { CfnBackupPlan, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import { Role as IamRole, ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { databaseArn, functionName, lockedVault, lockedVaultArn } from '../../config/names';
import type { Platform } from '../../config/platform';
import { acknowledge } from '../../security/acknowledge';
import { vaultRules } from './vault-rules';

const START_WITHIN_MINUTES = 60;
const END_WITHIN_MINUTES = 8 * 60;
const POLICY = 'service-role/AWSBackupServiceRolePolicyForBackup';

/**
 * Copies of the database of home into the locked vaults of both regions. Of home only, whoever leads: RDS refuses to promote
 * an instance that is backing up, so the standby must not be copied, and after a failback the replica at home holds what
 * the writer has.
 */
export class VaultPlan extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    const { home, standby } = platform.regions;
    const plan = new CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: functionName(platform, 'locked'),
        backupPlanRule: vaultRules(platform).map(({ name, schedule, keepDays }) => ({
          ruleName: name,
          targetBackupVault: lockedVault(platform),
          scheduleExpression: schedule,
          startWindowMinutes: START_WITHIN_MINUTES,
          completionWindowMinutes: END_WITHIN_MINUTES,
          lifecycle: { deleteAfterDays: keepDays },
          copyActions: [
            {
              destinationBackupVaultArn: lockedVaultArn(platform, standby.name),
              lifecycle: { deleteAfterDays: keepDays },
            },
          ],
        })),
      },
    });
    const role = new IamRole(this, 'Role', {
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': platform.account } },
      }),
      description: `${platform.name}: copies the database into the locked vaults`,
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(POLICY)],
    });
    acknowledge(role, {
      [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${POLICY}]`]:
        'AWS Backup documents this policy for its role; the selection of the plan names one database.',
    });
    new CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.attrBackupPlanId,
      backupSelection: {
        selectionName: 'database',
        iamRoleArn: role.roleArn,
        resources: [databaseArn(platform, home.name)],
      },
    });
  }
}
