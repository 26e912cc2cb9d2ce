import { s3Store } from '../../../lambda/archive/aws/s3';
import { systemClock } from '../../../lambda/runtime/clock';
import { archiveBucket, functionName } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { clients } from '../../checks/aws/call';
import { operatorPorts } from '../../operate/aws';
import type { DrillPorts } from '../ports';
import { drillDatabases } from './databases';
import { restoreDrills } from './restores';
import { throwAways } from './throw-aways';

/** Folder of the function below `lambda/`. */
const RESTORE_DRILL = 'restore-drill';

/** The ports on AWS itself, with the credentials and the endpoint that the SDK finds in the environment. */
export function drillPorts(platform: Platform): DrillPorts {
  const shared = clients();
  const databases = drillDatabases(shared, platform);
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const forcePathStyle = (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL ?? '') !== '';
  return {
    operator: operatorPorts(platform),
    databases,
    throwAways: throwAways(shared, platform, databases),
    restores: restoreDrills(shared, functionName(platform, RESTORE_DRILL), (region) =>
      s3Store({ bucket: archiveBucket(platform, region), region, forcePathStyle }, systemClock),
    ),
  };
}
