import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { lockedVault } from '../../config/names';
import type { Platform } from '../../config/platform';
import { VAULT_GRACE_DAYS } from '../../config/resolve-backup';
import { protect } from '../../security/protect';
import { vaultRules } from './vault-rules';

/**
 * A vault of AWS Backup in compliance mode: once the days of grace are over, nobody can delete a copy in it before its
 * time, shorten that time or take the lock away, AWS included.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
export class LockedVault extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly key: IKey }) {
    super(scope, id);
    const { platform } = props;
    const days = vaultRules(platform).map(({ keepDays }) => keepDays);
    const vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: lockedVault(platform),
      encryptionKeyArn: props.key.keyArn,
      lockConfiguration: {
        minRetentionDays: Math.min(...days),
        maxRetentionDays: Math.max(...days),
        changeableForDays: VAULT_GRACE_DAYS,
      },
    });
    protect(vault, 'LockedVault');
  }
}
