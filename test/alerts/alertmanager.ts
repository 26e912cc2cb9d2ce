import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port';
import { waitUntil } from './wait';

const PROGRAM = 'prometheus-alertmanager';
export const MISSING =
  'is not installed; Debian has it: apt-get install --no-install-recommends prometheus prometheus-alertmanager';

/** An alert as the API takes it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

/** A real Alertmanager on loopback, alone in its cluster. */
export interface Alertmanager {
  /** @throws Error if it refuses them */
  post(alerts: readonly PostedAlert[]): Promise<void>;
  /** Ends the process and removes its files. */
  stop(): Promise<void>;
}

/**
 * @param files configuration as `alertmanager.yaml`, and whatever it names
 * @throws Error if the program is missing or refuses the configuration, with what it said
 */
export async function startAlertmanager(files: Readonly<Record<string, string>>): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-alertmanager-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const port = await freePort();
  const { child, said } = run(folder, port);
  const stop = async () => {
    if (child.exitCode === null && child.pid !== undefined) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const api = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(`${PROGRAM} to be ready`, async () => {
      if (child.pid === undefined) throw new Error(`${PROGRAM} ${MISSING}`);
      if (child.exitCode !== null) throw new Error(`${PROGRAM} ended: ${said()}`);
      return (await fetch(`${api}/-/ready`)).ok;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { post: (alerts) => post(api, alerts), stop };
}

function run(folder: string, port: number): { child: ChildProcess; said: () => string } {
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${join(folder, 'alertmanager.yaml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder },
  );
  let text = '';
  // A program that is missing is told by the absence of its id.
  child.on('error', () => undefined);
  process.once('exit', () => child.kill('SIGKILL'));
  child.stderr?.on('data', (part) => {
    text += part;
  });
  return { child, said: () => text.trim().split('\n').slice(-5).join('\n') };
}

async function post(api: string, alerts: readonly PostedAlert[]): Promise<void> {
  const response = await fetch(`${api}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (!response.ok) throw new Error(`the alerts were refused: ${response.status} ${await response.text()}`);
}
