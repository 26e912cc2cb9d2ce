import { operationCommand } from './operation-command';

/** `holdfast failback`: makes the platform protected again after a move. */
export const failback = operationCommand({
  name: 'failback',
  description: 'After a move: rebuilds the side that was left. The lead stays.',
  help: `The old database is renamed, kept aside and never opened; a new replica takes its identifier.
To lead from there again, say \`npx holdfast switchover\` once it is rebuilt.
After an interrupted wait the same command goes on waiting.`,
  takesTime: true,
});
