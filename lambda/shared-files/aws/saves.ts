import type { FilesSettings } from '../contract';
import type { Saves } from '../ports';
import { type Rest, textIn } from './request';

/** States in which a job of AWS Backup has not ended. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeBackupJob.html */
const RUNNING: readonly string[] = ['CREATED', 'PENDING', 'RUNNING', 'ABORTING'];

/** Recovery points of the file systems of a region, in the vault that its settings name. */
export function backupSaves(rest: Rest, settings: FilesSettings): Saves {
  const { own, account, vault, backupRole, keepDays } = settings;
  return {
    async begin(fileSystem, token) {
      const operation = `The recovery point of ${fileSystem}`;
      const answer = await rest(operation, {
        method: 'PUT',
        path: '/backup-jobs',
        body: {
          BackupVaultName: vault,
          ResourceArn: `arn:aws:elasticfilesystem:${own}:${account}:file-system/${fileSystem}`,
          IamRoleArn: backupRole,
          IdempotencyToken: token,
          Lifecycle: { DeleteAfterDays: keepDays },
        },
      });
      return textIn(operation, answer, 'BackupJobId');
    },
    async state(job) {
      const operation = `The job ${job} of AWS Backup`;
      const answer = await rest(operation, { method: 'GET', path: `/backup-jobs/${job}` });
      const state = textIn(operation, answer, 'State');
      if (state === 'COMPLETED') return 'done';
      return RUNNING.includes(state) ? 'running' : 'failed';
    },
  };
}
