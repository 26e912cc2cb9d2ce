import type { Command } from 'commander';
import type { Exit, Terminal } from './terminal';

/**
 * Adds a command to the program. What takes long to load (the SDK, the CDK) is loaded by its action, so that no command
 * waits for the modules of another; `--platform` and `--json` are there already (`optsWithGlobals`).
 * @param finish tells the exit code; without it the command ended well
 */
export type AddCommand = (program: Command, terminal: Terminal, finish: (exit: Exit) => void) => void;
