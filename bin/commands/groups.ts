/** Headings of the help, with the commands under each; the order under a heading is that of the commands. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Set up and deploy:': [
    'init',
    'import',
    'check',
    'secrets',
    'files',
    'preflight',
    'deploy',
    'start',
    'destroy',
  ],
  'Every day:': ['status', 'health', 'logs', 'exec', 'rollback', 'scale'],
  'The lead:': ['switchover', 'failback', 'failover', 'freeze', 'thaw', 'drill', 'chaos'],
  'Data:': ['database', 'restore', 'recover', 'salvage', 'archive'],
  'Cost and pictures:': ['cost', 'diagram', 'dashboards'],
};

export const HEADINGS: readonly string[] = Object.keys(GROUPS);

/** @returns the heading that a command stands under; undefined for one that nobody has sorted in */
export const groupOf = (command: string): string | undefined =>
  HEADINGS.find((heading) => GROUPS[heading]?.includes(command));
