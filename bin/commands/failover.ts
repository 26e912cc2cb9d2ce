import { operationCommand } from './operation-command';

/** `holdfast failover --force`: takes over although something stands against it, and may lose writes. */
export const failover = operationCommand({
  name: 'failover',
  description: 'Takes over by force, where no region does. May lose writes.',
  help: `A region that is fit takes over by itself. This ignores the lag of the replica and the time
since the last move, says what that costs, and asks.`,
  options: (command) =>
    command
      .requiredOption('--force', 'accept what it costs; there is no failover without it')
      .option('-y, --yes', 'do not ask; for scripts'),
  takesTime: true,
});
