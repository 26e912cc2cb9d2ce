import { randomUUID } from 'node:crypto';
import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { createLog } from '../runtime/log';
import { embeddedMetrics } from './aws/metrics';
import { awsWorld } from './aws/world';
import { type BackupSettings, ENVIRONMENT, type StartInput } from './contract';
import { lineOf, metricsOf, writeReport } from './report';
import { run } from './run';

/** Time kept for the report, in milliseconds. */
const REPORT_MS = 20_000;

/** Without the prefix that Lambda gives to the console's lines: CloudWatch finds metrics in lines of pure JSON. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** Set where another endpoint than AWS's own is asked. */
const otherEndpoint = (): boolean => Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);

/** A start is one look at everything that is backed up. What it is started with is only said in the report. */
export async function handler(
  event: StartInput,
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const deadline = systemClock.monotonic() + context.getRemainingTimeInMillis() - REPORT_MS;
  const environment = required(process.env, ENVIRONMENT);
  const settings = JSON.parse(environment.settings) as BackupSettings;
  const world = awsWorld(environment, settings, systemClock, otherEndpoint());
  const report = await run(world, settings, event, { clock: systemClock, deadline });
  const { platform, components } = metricsOf(report);
  const unwritten = await writeReport(world.objects, report, randomUUID().slice(0, 8));
  const failures = (platform.failures ?? 0) + unwritten.length;
  log('backup', { ...lineOf(report), unwritten });
  embeddedMetrics(settings.platform, systemClock, log)({ platform: { ...platform, failures }, components });
}
