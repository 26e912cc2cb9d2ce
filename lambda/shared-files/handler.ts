import { dynamoTable } from '../leader/aws';
import { ownFirst } from '../leader/read';
import { systemClock } from '../runtime/clock';
import { listOf, required } from '../runtime/environment';
import { createLog } from '../runtime/log';
import { embeddedMetric } from './aws/metrics';
import { awsWorld } from './aws/world';
import { ENVIRONMENT, type FilesSettings } from './contract';
import { turn } from './turn';

/** Without the prefix that Lambda gives to the console's lines: CloudWatch finds metrics in lines of pure JSON. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** Started every minute, in both regions; what it is started with does not matter. */
export async function handler(): Promise<void> {
  const environment = required(process.env, ENVIRONMENT);
  const settings = JSON.parse(environment.settings) as FilesSettings;
  const tables = ownFirst(listOf(environment.tableRegions), settings.own).map((region) =>
    dynamoTable(environment.table, region),
  );
  const everywhere = process.env.AWS_ENDPOINT_URL;
  const world = awsWorld(tables, settings, systemClock, {
    files: process.env.AWS_ENDPOINT_URL_EFS ?? everywhere,
    backup: process.env.AWS_ENDPOINT_URL_BACKUP ?? everywhere,
  });
  await turn(world, settings, {
    clock: systemClock,
    log,
    count: embeddedMetric(settings.platform, systemClock, log),
  });
}
