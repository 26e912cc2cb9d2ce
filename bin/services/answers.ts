import { request } from 'node:https';
import { attempt } from '../../lambda/runtime/attempt';
import { systemClock } from '../../lambda/runtime/clock';
import type { Answers, Entrance } from './ports';

/** A client that waits longer has gone. */
const ANSWER_MS = 8_000;

/**
 * Real requests: what they get is what clients get.
 * @param authority certificate, in PEM, that is trusted instead of those of the system
 */
export const clientAnswers = (authority?: string): Answers => ({
  async ask(entrance) {
    const begun = performance.now();
    const status = await attempt(systemClock, ANSWER_MS, `https://${entrance.host}`, (signal) =>
      statusOf(entrance, authority, signal),
    );
    return { status, milliseconds: Math.round(performance.now() - begun) };
  },
});

const statusOf = (
  { host, port, name, path }: Entrance,
  authority: string | undefined,
  signal: AbortSignal,
): Promise<number> =>
  new Promise((done, fail) => {
    const ca = authority === undefined ? {} : { ca: authority };
    const options = {
      host,
      port,
      path,
      servername: name,
      headers: { host: name },
      agent: false,
      signal,
      ...ca,
    };
    const asked = request(options, (answer) => {
      done(answer.statusCode ?? 0);
      // Only whether and how fast it answers counts.
      answer.destroy();
    });
    asked.once('error', fail);
    asked.end();
  });
