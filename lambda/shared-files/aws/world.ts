import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { LeadershipTable } from '../../leader/ports';
import { readRecord } from '../../leader/read';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { nameOf } from '../../runtime/errors';
import type { FilesSettings } from '../contract';
import type { OtherFiles, World } from '../ports';
import { describe, efsFiles } from './files';
import { REQUEST_MS, type Rest, restOf } from './request';
import { backupSaves } from './saves';
import { ecsTasks } from './tasks';

/** Other endpoints than those of AWS. */
export interface Endpoints {
  readonly files: string | undefined;
  readonly backup: string | undefined;
}

/**
 * Everything outside the function, as it is in AWS.
 * @param tables the leadership table, in the order in which its regions are asked
 */
export function awsWorld(
  tables: readonly LeadershipTable[],
  settings: FilesSettings,
  clock: Clock,
  endpoints: Endpoints,
): World {
  const { own, other, cluster } = settings;
  const efs = (region: string) => restOf('elasticfilesystem', region, { clock, endpoint: endpoints.files });
  return {
    leadership: { read: () => readRecord(tables, clock) },
    files: efsFiles(efs(own), other),
    otherFiles: otherFiles(efs(other), other, clock),
    saves: backupSaves(restOf('backup', own, { clock, endpoint: endpoints.backup }), settings),
    tasks: ecsTasks(own, cluster),
  };
}

/** The ids of the other region's file systems are made by AWS there, and stand in its parameters. */
function otherFiles(rest: Rest, region: string, clock: Clock): OtherFiles {
  const ssm = new SSMClient({ region, maxAttempts: 1 });
  return {
    async look(parameter) {
      const command = new GetParameterCommand({ Name: parameter });
      try {
        const { Parameter } = await attempt(
          clock,
          REQUEST_MS,
          `The parameter ${parameter} in ${region}`,
          (abortSignal) => ssm.send(command, { abortSignal }),
        );
        return Parameter?.Value === undefined ? undefined : await describe(rest, Parameter.Value);
      } catch (error) {
        if (nameOf(error) === 'ParameterNotFound') return undefined;
        throw error;
      }
    },
  };
}
