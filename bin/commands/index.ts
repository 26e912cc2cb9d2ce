import type { AddCommand } from './add-command';
import { check } from './check';

/** In the order of the help. */
export const COMMANDS: readonly AddCommand[] = [check];
