/**
 * Flags and description of `--dry-run` for a command that only reads: it takes it like all others, so that nobody has to know
 * which of them change something, and does the same with it.
 */
export const READS_ONLY = ['--dry-run', 'the same: it only reads'] as const;
