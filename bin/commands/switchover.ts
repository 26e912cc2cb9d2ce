import { operationCommand } from './operation-command';

/** `holdfast switchover`: moves the lead on purpose, and loses nothing. */
export const switchover = operationCommand({
  name: 'switchover',
  description: 'Moves the lead to the other region, and loses no write.',
  help: `Both regions must be well. Writes stop for the time of the promotion. If the other side
does not get ready, the lead stays.
After an interrupted wait the same command goes on waiting.`,
  options: (command) => command.option('--to <region>', 'region that is to lead; the other one if left out'),
  takesTime: true,
});
