import type { Terminal } from './terminal';

/** The terminal of this process. Colours only where a person looks, and never with NO_COLOR (https://no-color.org). */
export function processTerminal(root: string): Terminal {
  const { stdout, stderr, env } = process;
  return {
    root,
    environment: env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.isTTY ? stdout.columns : undefined,
    colors: stdout.isTTY && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    showsProgress: stderr.isTTY && env.TERM !== 'dumb',
  };
}
