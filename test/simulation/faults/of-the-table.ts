import { REGIONS, SIDES } from '../world/places';
import { type FaultKind, whileIt } from './fault';

export const OF_THE_TABLE: Readonly<Record<string, FaultKind>> = {
  'table down everywhere': {
    says: () => 'the leadership table answers errors in every region',
    begin: ({ table }) =>
      whileIt((count) => {
        table.down += count;
      }),
    places: ['users'],
    seconds: [5, 300],
  },
  'replica of the table down': {
    says: ({ where }) => `the replica of the leadership table in ${where} is down`,
    begin: ({ table }, { where }) =>
      whileIt((count) => {
        for (const region of REGIONS) {
          if (region === where) table.replicaDown.set(region, (table.replicaDown.get(region) ?? 0) + count);
        }
      }),
    places: REGIONS,
    seconds: [5, 300],
  },
  'writes denied': {
    says: ({ where }) => `the agent in ${where} may read the leadership table and not write it`,
    begin: ({ table }, { where }) =>
      whileIt((count) => {
        table.writesDenied.set(where, (table.writesDenied.get(where) ?? 0) + count);
      }),
    places: SIDES,
    seconds: [30, 400],
    sparesTakeover: true,
  },
  'writes time out after committing': {
    says: ({ size }) =>
      `${Math.round(size * 100)} % of the table's writes get no answer though they are made`,
    begin: ({ table }, { size }) =>
      whileIt((count) => {
        table.lostAnswerShare = Math.max(0, table.lostAnswerShare + count * size);
      }),
    places: ['users'],
    seconds: [10, 200],
    size: [0.05, 1],
  },
  'conflicts of writes': {
    says: ({ size }) => `${Math.round(size * 100)} % of the table's writes are told to conflict`,
    begin: ({ table }, { size }) =>
      whileIt((count) => {
        table.conflictShare = Math.max(0, table.conflictShare + count * size);
      }),
    places: ['users'],
    seconds: [10, 200],
    size: [0.1, 0.9],
  },
};
