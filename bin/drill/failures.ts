import { nameOf, sentenceOf } from '../../lambda/runtime/errors';
import { CallFailed, failureOf } from '../checks/failures';
import { explain } from '../operate/failures';

/** What AWS refuses, in the words of RDS; the names are the same with `Fault` behind them. */
const refusalOf = (error: unknown): string =>
  error instanceof CallFailed ? nameOf(error.cause).replace(/Fault$/, '') : '';

/** @returns whether RDS refuses because of the status that an instance has now */
export const isBusy = (error: unknown): boolean => refusalOf(error) === 'InvalidDBInstanceState';

/** @returns whether AWS has answered, and will give the same answer again */
export const isRefused = (error: unknown): boolean =>
  error instanceof CallFailed && failureOf(error.cause) === 'other' && !isBusy(error);

/** What an account lacks, and what helps. */
const LACKS: Readonly<Record<string, string>> = {
  InstanceQuotaExceeded:
    'The account may have no more database instances there: raise the quota of RDS (Service Quotas, L-7B6409FD), which a failback needs as well.',
  StorageQuotaExceeded:
    'The account may have no more storage of RDS there: raise the quota (Service Quotas, L-7ADDB58A), which a failback needs as well.',
  InsufficientDBInstanceCapacity:
    'AWS has no such instance free there now. Try again later; a failback would have met the same.',
  KMSKeyNotAccessible:
    'RDS may not use the key of the region: the policy needs kms:CreateGrant and kms:DescribeKey on it (docs/iam-drill-policy.json).',
  ResourceNotFoundException: 'It is not deployed there: npx holdfast deploy',
};

/** One sentence on why a part of the drill failed, and what helps. */
export function reasonOf(error: unknown): string {
  const lack = LACKS[refusalOf(error)];
  if (lack !== undefined && error instanceof CallFailed)
    return `${error.action} in ${error.region} was refused. ${lack}`;
  if (error instanceof CallFailed && failureOf(error.cause) === 'forbidden')
    return `The permission ${error.action} is missing in ${error.region}; docs/iam-drill-policy.json has all that are needed.`;
  return error instanceof CallFailed ? explain(error) : sentenceOf(error);
}
