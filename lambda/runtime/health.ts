import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { attempt } from './attempt';
import type { Clock } from './clock';
import { HoldfastError, sentenceOf } from './errors';

/** In place of a URL: the platform has no health path that can be asked from outside. */
export const NO_URL = 'none';
/** For how long an application is waited for, in milliseconds. */
const HEALTH_MS = 3_000;

/**
 * A firewall refuses and a limit throttles in front of an application: such an answer tells nothing of what is behind.
 */
const OF_A_FIREWALL: readonly number[] = [403, 429];
/** AWS's common rules refuse a request that does not say who asks. */
const USER_AGENT = 'holdfast-prober';

/** Whether the application answers is not known: it was not asked, or something before it has answered. */
export class HealthUnknown extends HoldfastError {}

/** Asks a URL by HTTP GET, without following redirections, and gives the status code of the answer. */
export type GetStatus = (url: string, signal: AbortSignal) => Promise<number>;

/** Whether an application answers. */
export interface Health {
  readonly answers: boolean;
  /** For a person. */
  readonly sentence: string;
}

/**
 * Asks an application for its health path, for at most 3 s.
 * @param url or `none`
 * @param isAnswer whether a status code counts; by default every one that is no server error
 * @returns no connection and no answer in time are what is asked for, and no failure
 * @throws {HealthUnknown}
 */
export async function askHealth(
  clock: Clock,
  get: GetStatus,
  url: string,
  isAnswer = (status: number): boolean => status < 500,
): Promise<Health> {
  if (url === NO_URL) {
    throw new HealthUnknown('The platform has no health path that can be asked from outside.');
  }
  let status: number;
  try {
    status = await attempt(clock, HEALTH_MS, url, (signal) => get(url, signal));
  } catch (error) {
    return { answers: false, sentence: `${url} does not answer: ${sentenceOf(error)}` };
  }
  const sentence = `${url} answers with HTTP ${status}.`;
  if (OF_A_FIREWALL.includes(status)) throw new HealthUnknown(`${sentence} That may be a firewall's answer.`);
  return { answers: isAnswer(status), sentence };
}

/** By a connection of its own, as somebody who comes for the first time: one that is kept tells nothing of a region. */
export const getStatus: GetStatus = (url, signal) => {
  const target = new URL(url);
  const ask = target.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const request = ask(
      target,
      { agent: false, signal, headers: { 'cache-control': 'no-cache', 'user-agent': USER_AGENT } },
      (response) => {
        resolve(response.statusCode ?? 0);
        // What the page says is of no interest.
        response.destroy();
      },
    );
    request.on('error', reject);
    request.end();
  });
};
