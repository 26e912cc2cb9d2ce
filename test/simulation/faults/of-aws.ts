import { HOME, SIDES } from '../world/places';
import type { Rds } from '../world/rds';
import { IDENTIFIER } from '../world/rds';
import { type FaultKind, sideOf, whileIt } from './fault';

type Share = 'throttledShare' | 'hangingShare' | 'lyingShare';

const share = (name: Share, says: (where: string, percent: string) => string): FaultKind => ({
  says: ({ where, size }) => says(where, `${Math.round(size * 100)} %`),
  begin: (simulation, { where, size }) => {
    const rds: Rds = sideOf(simulation, where).rds;
    return whileIt((count) => {
      rds[name] = Math.max(0, rds[name] + count * size);
    });
  },
  places: SIDES,
  seconds: [20, 300],
  size: [0.2, 1],
  sparesTakeover: true,
});

export const OF_AWS: Readonly<Record<string, FaultKind>> = {
  'RDS throttles': share(
    'throttledShare',
    (where, percent) => `RDS throttles ${percent} of the calls in ${where}`,
  ),
  'RDS hangs': share(
    'hangingShare',
    (where, percent) => `${percent} of the calls of RDS in ${where} get no answer`,
  ),
  'RDS lies': share(
    'lyingShare',
    (where, percent) => `RDS in ${where} does what it is asked and reports ${percent} of it as failed`,
  ),
  'control planes down': {
    says: ({ where }) => `the control planes of ${where} do not answer`,
    begin: (simulation, { where }) => {
      const { rds, fleet } = sideOf(simulation, where);
      return whileIt((count) => {
        rds.down += count;
        fleet.cannotStart += count;
      });
    },
    places: [HOME, ...SIDES],
    seconds: [30, 400],
    sparesTakeover: true,
  },
  'backing up': {
    says: ({ where }) => `the instance in ${where} is backing-up`,
    begin: (simulation, { where }) => {
      const instance = sideOf(simulation, where).rds.instances.get(IDENTIFIER);
      if (instance?.status !== 'available') return undefined;
      instance.status = 'backing-up';
      return () => {
        if (instance.status === 'backing-up') instance.status = 'available';
      };
    },
    places: SIDES,
    seconds: [20, 200],
    sparesTakeover: true,
  },
  'tasks do not start': {
    says: ({ where }) => `no task starts in ${where}`,
    begin: (simulation, { where }) => {
      const { fleet } = sideOf(simulation, where);
      return whileIt((count) => {
        fleet.cannotStart += count;
      });
    },
    places: SIDES,
    seconds: [30, 400],
    sparesTakeover: true,
  },
  'application down': {
    says: ({ where }) => `the application in ${where} does not answer`,
    begin: (simulation, { where }) => {
      const { fleet } = sideOf(simulation, where);
      return whileIt((count) => {
        fleet.broken += count;
      });
    },
    places: SIDES,
    seconds: [60, 400],
    sparesTakeover: true,
  },
};
