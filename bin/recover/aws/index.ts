import { randomUUID } from 'node:crypto';
import { s3Store } from '../../../lambda/archive/aws/s3';
import { eitherOf } from '../../../lambda/archive/restore/either';
import { systemClock } from '../../../lambda/runtime/clock';
import type { Environment } from '../../../lambda/runtime/environment';
import { CACHE_SECRET_FIELD } from '../../../lambda/secret-rotation/contract';
import {
  archiveBucket,
  functionName,
  keyAlias,
  leadershipTable,
  secretName,
} from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { clients } from '../../checks/aws/call';
import { leadership } from '../../operate/aws/leadership';
import type { ComponentPorts, SharedSnapshots } from '../platform/ports';
import type { RecoveryPorts } from '../ports';
import { backups } from './backups';
import { cacheBackups } from './cache';
import { restoreFunctions } from './functions';
import { objectVersions } from './objects';
import { secretVersions } from './secrets';
import { sharedSnapshots } from './shared';

/** Folder of the function below `lambda/`. */
const RESTORE = 'restore';

/** Whether S3 is asked at another endpoint than AWS's own. */
const isElsewhere = ({ AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL }: Environment): boolean =>
  (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL ?? '') !== '';

export function componentPorts(platform: Platform): ComponentPorts {
  const shared = clients();
  return {
    cache: cacheBackups(shared, secretName(platform, 'cache'), CACHE_SECRET_FIELD),
    objects: objectVersions(shared, isElsewhere(process.env)),
    secrets: secretVersions(shared),
  };
}

export const sharedPorts = (platform: Platform): SharedSnapshots =>
  sharedSnapshots(clients(), platform.account, keyAlias(platform, 'data'));

/** The ports on AWS itself, with the credentials and the endpoint that the SDK finds in the environment. */
export function recoveryPorts(platform: Platform): RecoveryPorts {
  const shared = clients();
  const { home, standby } = platform.regions;
  const archiveIn = (region: string) =>
    s3Store(
      { bucket: archiveBucket(platform, region), region, forcePathStyle: isElsewhere(process.env) },
      systemClock,
    );
  return {
    leadership: leadership(leadershipTable(platform), platform.leadership.regions, systemClock, randomUUID),
    functions: restoreFunctions(shared, functionName(platform, RESTORE)),
    backups: backups(shared, platform.name),
    archiveIn,
    archive: (first) =>
      eitherOf([first, first === home.name ? standby.name : home.name].map((region) => archiveIn(region))),
  };
}
