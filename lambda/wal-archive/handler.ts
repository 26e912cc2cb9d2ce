import { compressBody } from '../archive/format/seal';
import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { createLog } from '../runtime/log';
import { awsWorld } from './aws';
import { type ArchiveSettings, END_MARGIN_SECONDS, ENVIRONMENT } from './contract';
import { embeddedMetrics } from './metrics';
import { run } from './run';

/** Without the prefix that Lambda gives to the console's lines: CloudWatch finds metrics in lines of pure JSON. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** A start is one run; it ends before Lambda ends it. What it is started with does not matter: it looks for itself. */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const remaining = context.getRemainingTimeInMillis();
  // A function with little time keeps half of it.
  const margin = Math.min(END_MARGIN_SECONDS * 1000, remaining / 2);
  const deadline = systemClock.monotonic() + remaining - margin;
  const environment = required(process.env, ENVIRONMENT);
  const settings = JSON.parse(environment.settings) as ArchiveSettings;
  const host = { world: awsWorld(environment, systemClock), clock: systemClock, compress: compressBody };
  const measure = embeddedMetrics(environment.platform, systemClock, log);
  const signal = new AbortController().signal;
  await run(host, settings, { deadline, signal }, ({ sentence, metrics }) => {
    log('archive', { sentence });
    measure(metrics);
  });
}
