import type { AgentFunction } from '../world/agent-function';
import { SIDES } from '../world/places';
import { agentOf, type FaultKind, sideOf, whileIt } from './fault';

type Share = 'missedShare' | 'lateShare' | 'doubledShare' | 'deathShare';

/** A share of the starts or steps of one region's agent goes wrong. */
const share = (name: Share, says: (where: string, percent: string) => string): FaultKind => ({
  says: ({ where, size }) => says(where, `${Math.round(size * 100)} %`),
  begin: (simulation, { where, size }) => {
    const agent: AgentFunction = agentOf(simulation, where);
    return whileIt((count) => {
      agent[name] = Math.max(0, agent[name] + count * size);
      if (name === 'deathShare') for (const host of agent.runs) host.deathShare = agent.deathShare;
    });
  },
  places: SIDES,
  seconds: [30, 300],
  size: name === 'deathShare' ? [0.005, 0.15] : [0.1, 1],
  sparesTakeover: true,
});

export const OF_THE_AGENTS: Readonly<Record<string, FaultKind>> = {
  'starts missed': share(
    'missedShare',
    (where, percent) => `${percent} of the agent's starts in ${where} are lost`,
  ),
  'starts late': share(
    'lateShare',
    (where, percent) => `${percent} of the agent's starts in ${where} come late`,
  ),
  'starts doubled': share(
    'doubledShare',
    (where, percent) => `${percent} of the agent's starts in ${where} come twice`,
  ),
  'runs killed': share(
    'deathShare',
    (where, percent) => `an agent in ${where} dies after ${percent} of its steps`,
  ),
  'agent frozen': {
    says: ({ where, forMs }) =>
      `the agent's processes in ${where} stand still for ${Math.round(forMs / 1000)} s`,
    begin: (simulation, { where, forMs }) => {
      for (const host of agentOf(simulation, where).runs) host.frozenUntil = simulation.scheduler.now + forMs;
      return undefined;
    },
    places: SIDES,
    seconds: [3, 120],
    sparesTakeover: true,
  },
  'agent broken': {
    says: ({ where }) => `the agent's function in ${where} fails at its start`,
    begin: (simulation, { where }) => {
      const side = sideOf(simulation, where);
      agentOf(simulation, where).killAll();
      return whileIt((count) => {
        side.agentBroken += count;
      });
    },
    places: SIDES,
    seconds: [30, 300],
    sparesTakeover: true,
  },
  'clock of the agents stepped': {
    says: ({ where, size }) =>
      `the clock of the agents' hosts in ${where} is stepped by ${Math.round(size)} ms`,
    begin: (simulation, { where, size }) => {
      const sign = simulation.random.faults.chance(0.5) ? 1 : -1;
      for (const host of agentOf(simulation, where).runs) host.clock.step(sign * size);
      return undefined;
    },
    places: SIDES,
    seconds: [1, 1],
    size: [500, 600_000],
    sparesTakeover: true,
  },
  deploy: {
    says: ({ where, size }) =>
      `a deploy in ${where} makes the lease ${Math.round(size)} s; old versions run on`,
    begin: (simulation, { where, size }) => {
      const agent = agentOf(simulation, where);
      const { random } = simulation;
      const enforceSeconds = random.faults.whole(2, 8);
      agent.settings = {
        ...agent.settings,
        leaseSeconds: Math.round(size),
        enforceSeconds,
        pollSeconds: random.faults.whole(3, 6),
        // The least that synth lets through.
        marginSeconds: random.faults.whole(5, 10),
      };
      const { server } = sideOf(simulation, where).rds;
      // Set-up does nothing on a replica.
      if (server?.running && !server.inRecovery) server.setEnforcement(enforceSeconds);
      return undefined;
    },
    places: SIDES,
    seconds: [1, 1],
    size: [25, 90],
  },
};
