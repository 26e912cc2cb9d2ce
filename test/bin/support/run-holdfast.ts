import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const HOLDFAST = resolve(__dirname, '../../../bin/holdfast.mjs');

export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs the real command as a process of its own, with nothing of this environment but the path, and with credentials
 * that only a local AWS API takes.
 * @param folder working directory and home
 */
export async function runHoldfast(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(process.execPath, [HOLDFAST, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => {
    said.out += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    said.err += text.toString();
  });
  const exit = await new Promise<number | null>((done) => child.once('close', done));
  return { exit, ...said };
}
