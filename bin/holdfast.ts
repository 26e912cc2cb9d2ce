import { resolve } from 'node:path';
import { processTerminal } from './commands/process-terminal';
import { run } from './commands/program';

/** The operator's command line. Each command is a file in `commands/`. */
async function main(): Promise<void> {
  const root = resolve(__dirname, '..');
  process.exitCode = await run(process.argv.slice(2), processTerminal(root));
}

void main();
