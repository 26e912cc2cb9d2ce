import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One series of an answer: its labels, and its values by time in seconds. */
export interface Answered {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, number])[];
}

/** Asks a Prometheus. */
export interface Prometheus {
  /** Values at one moment, in seconds since 1970. */
  now(expression: string, time: number): Promise<readonly Answered[]>;
  /** Values from `from` to `to`, every `step` seconds. */
  over(expression: string, from: number, to: number, step: number): Promise<readonly Answered[]>;
  stop(): Promise<void>;
}

/** A program of Prometheus's is not there, or failed. */
export class NoPrometheus extends Error {
  override readonly name = 'NoPrometheus';
}

const INSTALL = 'apt-get install --no-install-recommends prometheus';
const START_MS = 30_000;
const PAUSE_MS = 100;
const run = promisify(execFile);

/**
 * A real Prometheus on loopback, over the samples of a file.
 * @param texts the samples as OpenMetrics, in as many parts as there shall be blocks
 * @throws {NoPrometheus}
 */
export async function prometheusOver(texts: readonly string[]): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'));
  try {
    const samples = join(folder, 'samples.txt');
    const data = join(folder, 'data');
    mkdirSync(data);
    for (const text of texts) {
      writeFileSync(samples, text);
      await promtool(['tsdb', 'create-blocks-from', 'openmetrics', '-q', samples, data]);
    }
    writeFileSync(join(folder, 'prometheus.yml'), '{}\n');
    return await started(folder, data);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function promtool(args: readonly string[]): Promise<void> {
  try {
    await run('promtool', [...args], { maxBuffer: 16 * 2 ** 20 });
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new NoPrometheus(
      absent ? `promtool is not on the PATH; Debian has it: ${INSTALL}.` : 'promtool failed.',
      { cause },
    );
  }
}

async function started(folder: string, data: string): Promise<Prometheus> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      // The samples are of a day that may be long ago.
      '--storage.tsdb.retention.time=100y',
      // A collector marks the end of a series at once; samples from a file cannot, and must not seem to go on.
      '--query.lookback-delta=150s',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<string>((resolve) => {
    child.on('error', () => resolve(`prometheus is not on the PATH; Debian has it: ${INSTALL}.`));
    child.on('exit', (code) => resolve(`prometheus ended with ${code}.`));
  });
  try {
    await Promise.race([ready(base), ended.then((why) => Promise.reject(new NoPrometheus(why)))]);
  } catch (error) {
    await stop(child, ended);
    throw error;
  }
  return {
    now: (expression, time) => ask(base, 'query', { query: expression, time: String(time) }),
    over: (expression, from, to, step) =>
      ask(base, 'query_range', {
        query: expression,
        start: String(from),
        end: String(to),
        step: String(step),
      }),
    async stop() {
      await stop(child, ended);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill();
  await ended;
}

async function ready(base: string): Promise<void> {
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    const isReady = await fetch(`${base}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new NoPrometheus(`prometheus was not ready within ${START_MS / 1000} s.`);
}

/** What Prometheus answers to a query, of the two kinds that are asked for. */
interface Reply {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** @throws Error with what Prometheus says, for example about a mistake in the expression */
async function ask(base: string, kind: string, query: Record<string, string>): Promise<readonly Answered[]> {
  const response = await fetch(`${base}/api/v1/${kind}`, {
    method: 'POST',
    body: new URLSearchParams(query),
  });
  const { error, data } = (await response.json()) as Reply;
  if (data === undefined) throw new Error(error ?? `Prometheus answered with ${response.status}.`);
  return data.result.map(({ metric, value, values }) => ({
    labels: metric,
    values: (values ?? (value ? [value] : [])).map(([time, text]) => [time, Number(text)] as const),
  }));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
