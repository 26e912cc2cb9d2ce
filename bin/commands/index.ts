import type { AddCommand } from './add-command';
import { check } from './check';
import { start } from './start';

/** In the order of the help. */
export const COMMANDS: readonly AddCommand[] = [check, start];
