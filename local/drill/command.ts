import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const CLI = resolve(__dirname, '../../bin/holdfast.mjs');

/** Runs a command of Holdfast for a platform. @returns what it printed @throws if it fails */
export type Ask = (...command: string[]) => Promise<string>;

/** Commands against the local AWS API. @param platformFile that was deployed there */
export const askFor =
  (endpoint: string, platformFile: string): Ask =>
  (...command) =>
    run([...command, '--platform', platformFile], endpoint);

function run(command: readonly string[], endpoint: string): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      if (code === 0) done(printed);
      else failed(new Error(`holdfast ${command.join(' ')} ended with ${code}:\n${printed.trim()}`));
    });
  });
}
