import { COMMANDS, type Request } from '../../../bin/operate/plan';
import { HOME, STANDBY } from '../world/places';
import { type FaultKind, sideOf } from './fault';

const command = (name: Request['command']): FaultKind => ({
  says: () => `an operator asks for: ${name}`,
  begin: (simulation) => {
    simulation.scheduler.woke();
    void simulation.operator.ask(name);
    return undefined;
  },
  places: ['users'],
  seconds: [1, 1],
});

/** What people do: with the command line, and past it. */
export const OF_PEOPLE: Readonly<Record<string, FaultKind>> = {
  ...Object.fromEntries(COMMANDS.map((name) => [name, command(name)])),
  'promoted by hand': {
    says: ({ where }) => `a person promotes the replica in ${where} in the console`,
    begin: (simulation, { where }) => {
      try {
        sideOf(simulation, where).rds.promote(false);
      } catch {
        // RDS refuses a person as it refuses an agent.
      }
      return undefined;
    },
    // At home there is a replica only after a failback.
    places: [STANDBY, STANDBY, STANDBY, HOME],
    seconds: [1, 1],
  },
};
