import { databaseInstance } from '../../../lambda/region-agent/aws/instance';
import { recordedLeadership } from '../../../lambda/region-agent/aws/leadership';
import type { Rds } from '../../../lambda/region-agent/aws/rds';
import type { AwsWorld } from '../../../lambda/region-agent/aws/world';
import type { Rebuild } from '../../../lambda/region-agent/ports';
import { fencedDatabase } from '../../../lambda/region-agent/postgres';
import { systemClock } from '../../../lambda/runtime/clock';
import { AGENT, AUTHORITY, DATABASE, type FencedServer } from '../../support/fence';
import type { Place } from './places';
import type { ThreeTables } from './table';

/**
 * The world of an agent between a real server and the table: database, fence and leadership are the real ones. There are
 * no services and no secrets, nobody looks at applications, and nothing is rebuilt.
 */
export function worldAround(place: Place, { server }: FencedServer, rds: Rds, table: ThreeTables): AwsWorld {
  const { host, port } = server;
  const database = fencedDatabase({ host, port, database: DATABASE }, async () => AGENT, AUTHORITY);
  const backups = { retentionDays: 7, backupWindow: '04:00-05:00' };
  return {
    leadership: recordedLeadership(table.from(place), systemClock),
    managed: { database, instance: databaseInstance(rds, 'shop-db', backups), rebuild: NO_REBUILD },
    fleet: { observe: async () => ({ services: [] }), scaleUp: nothing, scaleDown: nothing },
    otherSide: { close: nothing },
    secrets: { detach: nothing, reattach: nothing },
    prober: { fromHere: silent, fromWitness: silent, ownSide: silent },
    pager: { page: nothing },
    end: () => database.end(),
  };
}

const nothing = async (): Promise<void> => undefined;
const silent = async () => ({ answers: false, sentence: 'Nobody was asked.' });
const notHere = async (): Promise<never> => {
  throw new Error('Nothing is rebuilt here.');
};
const NO_REBUILD: Rebuild = {
  observe: async () => ({
    instance: undefined,
    settled: true,
    quarantine: undefined,
    snapshot: undefined,
    readReplicas: [],
    missingReadReplicas: [],
  }),
  snapshot: notHere,
  quarantine: notHere,
  createReplica: notHere,
  mendReadReplica: notHere,
};
