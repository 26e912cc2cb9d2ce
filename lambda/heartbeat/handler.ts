import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { cloudWatchOf } from './aws';
import { beat } from './beat';
import { ENVIRONMENT } from './contract';
import type { Listener } from './ports';

/** Lives as long as the process, and its connections with it. */
let listeners: readonly Listener[] | undefined;

/** Started every minute. */
export async function handler(): Promise<void> {
  listeners ??= makeListeners();
  await beat(listeners, standardLog);
}

function makeListeners(): readonly Listener[] {
  const { platform, from, to } = required(process.env, ENVIRONMENT);
  return listOf(to).map((region) => cloudWatchOf(platform, from, region));
}
