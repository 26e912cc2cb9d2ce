import { systemClock } from '../runtime/clock';
import { listOf, required } from '../runtime/environment';
import { getStatus } from '../runtime/health';
import { standardLog } from '../runtime/log';
import { askAll } from './ask';
import { ENVIRONMENT } from './contract';

/** Run by CloudWatch Synthetics: an error is a failed run, and its message the reason. */
export async function handler(): Promise<void> {
  const { targets } = required(process.env, ENVIRONMENT);
  standardLog('canary', { answers: await askAll(listOf(targets), getStatus, systemClock) });
}
