import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { askHealth, type GetStatus } from '../runtime/health';

/** How long after a first attempt that failed a second one follows, in milliseconds. */
const AGAIN_AFTER_MS = 2_000;

/** Names that did not answer as users expect, each with a sentence. Synthetics shows it as the reason of the failure. */
export class NotAnswering extends HoldfastError {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join(' '));
  }
}

/**
 * Asks each name as a user would who comes for the first time, all at once. One lost packet is no outage: what fails is
 * asked once more.
 * @param urls of health paths
 * @returns one sentence for each name
 * @throws {NotAnswering} with those that failed twice, after all were asked
 */
export async function askAll(
  urls: readonly string[],
  get: GetStatus,
  clock: Clock,
): Promise<readonly string[]> {
  const all = await Promise.all(urls.map((url) => askTwice(url, get, clock)));
  const failed = all.filter(({ answers }) => !answers);
  if (failed.length > 0) throw new NotAnswering(failed.map(({ sentence }) => sentence));
  return all.map(({ sentence }) => sentence);
}

interface Answer {
  readonly answers: boolean;
  readonly sentence: string;
}

async function askTwice(url: string, get: GetStatus, clock: Clock): Promise<Answer> {
  const first = await askOnce(url, get, clock);
  if (first.answers) return first;
  await clock.sleep(AGAIN_AFTER_MS);
  return askOnce(url, get, clock);
}

/** A firewall's refusal is a failure here: it is what users would get. */
async function askOnce(url: string, get: GetStatus, clock: Clock): Promise<Answer> {
  try {
    return await askHealth(clock, get, url, (status) => status < 400);
  } catch (error) {
    return { answers: false, sentence: sentenceOf(error) };
  }
}
