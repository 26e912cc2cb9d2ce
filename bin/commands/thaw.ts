import { operationCommand } from './operation-command';

/** `holdfast thaw`: ends a freeze. */
export const thaw = operationCommand({
  name: 'thaw',
  description: 'Allows moves of the lead again.',
  help: 'If the region that leads is gone, the other one takes over after its full watch.',
  takesTime: false,
});
