import { operationCommand } from './operation-command';

/** `holdfast freeze`: nobody takes over, whatever happens. */
export const freeze = operationCommand({
  name: 'freeze',
  description: 'Forbids every move of the lead until it is thawed.',
  help: 'The region that leads goes on. If it dies while frozen, nobody takes over.',
  takesTime: false,
});
