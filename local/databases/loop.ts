import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import type { PostgresServer } from '../postgres/server';

/** Something that the service does on a server again and again, beside what is asked of it. */
export interface Loop {
  /** Ends it. Whoever ends the server too ends that first: a question under way is then over at once. */
  stop(): Promise<void>;
}

/** @param stopped aborted when no more is to be done */
export type Work = (session: Client, stopped: AbortSignal) => Promise<void>;

/**
 * Does the work with a session of the service's user, then every so many milliseconds again. What fails, as while the
 * server restarts, is tried again the next time with another session.
 */
export function repeat(server: PostgresServer, everyMs: number, work: Work): Loop {
  const stopping = new AbortController();
  const { signal } = stopping;
  let session: Client | undefined;
  const forget = async (): Promise<void> => {
    await session?.end().catch(() => undefined);
    session = undefined;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        session ??= await server.connect();
        await work(session, signal);
      } catch {
        await forget();
      }
      await wait(everyMs, undefined, { signal }).catch(() => undefined);
    }
    await forget();
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
