import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inquirerPrompts } from '../init/inquirer';
import type { Terminal } from './terminal';

/** The terminal of this process. Colours only where a person looks, and never with NO_COLOR (https://no-color.org). */
export function processTerminal(root: string): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    root,
    environment: env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.isTTY ? stdout.columns : undefined,
    colors: stdout.isTTY && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    showsProgress: stderr.isTTY && env.TERM !== 'dumb',
    ...(stdin.isTTY ? { ask, askHidden, prompts: inquirerPrompts } : { input: () => buffer(stdin) }),
    interruption,
  };
}

/** On standard error, because standard output is for answers. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

/**
 * The line editor puts the terminal into raw mode, so that only it could echo; what it writes goes nowhere. It is there
 * before the question is: who answers at once would else be shown what is typed, and Ctrl-C would be for nobody.
 */
async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_text, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  const stop = new AbortController();
  // In raw mode Ctrl-C is a key like any other.
  lines.once('SIGINT', () => stop.abort());
  try {
    return await lines.question('', { signal: stop.signal });
  } catch (cause) {
    throw new Error('Nothing was typed, and nothing was changed.', { cause });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

function interruption(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return stop.signal;
}
