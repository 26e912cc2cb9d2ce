import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { Answer, ArchiverSettings, Order } from './archiver';

/** The archiver's process. */
export interface Child {
  /** @throws if the process ends instead of answering */
  drain(until: bigint): Promise<Answer>;
  /** @returns ends it, and what it has acknowledged */
  stream(): () => Promise<Answer>;
  stop(): Promise<void>;
}

/** @param endpoint of the local AWS API */
export async function startChild(endpoint: string, settings: ArchiverSettings): Promise<Child> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const bundle = join(folder, 'archiver.js');
  // As it is deployed: a compiler in the process would count among its memory.
  buildSync({
    entryPoints: [resolve(__dirname, 'archiver.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    minify: true,
    external: ['pg-native'],
  });
  const child = fork(bundle, {
    execArgv: ['--no-warnings'],
    serialization: 'advanced',
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });
  const say = (order: Order): boolean => child.send(order);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The archiver ended with ${code}.`);
  });
  // Its end is expected while nothing is asked of it.
  ended.catch(() => undefined);
  const answer = async (): Promise<Answer> => {
    const waiting = new AbortController();
    try {
      const [message] = await Promise.race([once(child, 'message', { signal: waiting.signal }), ended]);
      return message as Answer;
    } finally {
      waiting.abort();
    }
  };
  await once(child, 'spawn');
  say({ do: 'settings', settings });
  return {
    drain(until) {
      say({ do: 'drain', until });
      return answer();
    },
    stream() {
      say({ do: 'stream' });
      const answered = answer();
      return () => {
        say({ do: 'stop' });
        return answered;
      };
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      child.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
