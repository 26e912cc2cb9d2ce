import { compressBody } from '../archive/format/seal';
import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { createLog } from '../runtime/log';
import { awsWorld } from './aws';
import { ENVIRONMENT } from './contract';
import { embeddedMetrics } from './metrics';
import { serve } from './run';

/** The archiver as a container's only process: it goes on until it is told to stop, and ends in order then. */

const log = createLog((line) => process.stdout.write(`${line}\n`));

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const environment = required(process.env, ENVIRONMENT);
  const host = { world: awsWorld(environment, systemClock), clock: systemClock, compress: compressBody };
  const measure = embeddedMetrics(environment.platform, systemClock, log);
  await serve(host, stop.signal, ({ sentence, metrics }) => {
    log('archive', { sentence });
    measure(metrics);
  });
}

void main();
