import { dynamoTable } from '../../leader/aws';
import { ownFirst } from '../../leader/read';
import type { Clock } from '../../runtime/clock';
import { listOf } from '../../runtime/environment';
import { getStatus } from '../../runtime/health';
import type { AgentSettings, DATABASE_ENVIRONMENT, ENVIRONMENT, ReplicaSettings } from '../contract';
import type { World } from '../ports';
import { type FenceConnection, fencedDatabase } from '../postgres';
import { databaseCredential } from './credential';
import { ecs } from './ecs';
import { serviceFleet } from './fleet';
import { databaseInstance } from './instance';
import { recordedLeadership } from './leadership';
import { otherRegion } from './other-side';
import { topicPager } from './pager';
import { applicationProber } from './prober';
import { rds } from './rds';
import { databaseRebuild } from './rebuild';
import { scaling } from './scaling';
import { replicatedSecrets } from './secrets';
import { secretsManager } from './secrets-manager';
import { groupIds } from './security-group';
import { snsPublish } from './sns';
import { proberInvocation } from './witness';

/** What the function's environment says, as texts. */
export interface WorldEnvironment {
  readonly agent: Readonly<Record<keyof typeof ENVIRONMENT, string>>;
  /** Absent without a managed database. */
  readonly database?: Readonly<Record<keyof typeof DATABASE_ENVIRONMENT, string>>;
}

/** The key that encrypts what is kept, in each region under the same alias. */
export const dataKeyAlias = (platform: string): string => `alias/${platform}-data`;

/** The world of one run. */
export interface AwsWorld extends World {
  /** Ends the connection to the database: Lambda keeps the process, and the next run makes its own. */
  end(): Promise<void>;
}

/** Everything outside the agent, behind its ports. Makes clients and calls nobody. */
export function awsWorld(environment: WorldEnvironment, settings: AgentSettings, clock: Clock): AwsWorld {
  const { agent } = environment;
  const { own, other, home } = settings;
  // A platform's cluster carries its name.
  const platform = agent.cluster;
  const here = { services: ecs(agent.cluster, own, clock), scaling: scaling(agent.cluster, own, clock) };
  const there = { services: ecs(agent.cluster, other, clock), scaling: scaling(agent.cluster, other, clock) };
  const regions = ownFirst(listOf(agent.tableRegions), own);
  const places = {
    ownUrl: agent.ownUrl,
    otherUrl: agent.otherUrl,
    otherSide: other === home ? 'home' : 'standby',
    own: here.services,
    other: there.services,
  } as const;
  const witness = proberInvocation(agent.prober, agent.witnessRegion, clock);
  const database = managed(environment, settings, platform, clock);
  return {
    leadership: recordedLeadership(
      regions.map((region) => dynamoTable(agent.table, region)),
      clock,
    ),
    managed: database,
    fleet: serviceFleet(here),
    otherSide: otherRegion(platform, {
      ...there,
      database: environment.database && {
        api: rds(other, clock),
        groupId: groupIds(other, clock),
        identifier: environment.database.identifier,
      },
    }),
    secrets: replicatedSecrets({
      prefix: agent.secretPrefix,
      own: { region: own, api: secretsManager(own, clock) },
      other: { region: other, api: secretsManager(other, clock) },
      replicaKey: dataKeyAlias(platform),
    }),
    prober: applicationProber(places, witness, getStatus, clock),
    pager: topicPager(agent.topic, snsPublish(own), clock),
    end: async () => database?.database.end(),
  };
}

function managed(
  { database }: WorldEnvironment,
  { own, other }: AgentSettings,
  platform: string,
  clock: Clock,
): (NonNullable<World['managed']> & { readonly database: FenceConnection }) | undefined {
  if (!database) return undefined;
  const { host, port, name, identifier, secret } = database;
  const api = rds(own, clock);
  const replica = JSON.parse(database.replica) as ReplicaSettings;
  const credential = databaseCredential(secretsManager(own, clock), secret);
  return {
    database: fencedDatabase({ host, port: Number(port), database: name }, credential),
    instance: databaseInstance(api, identifier, replica),
    rebuild: databaseRebuild(api, groupIds(own, clock), { platform, other, identifier, replica }),
  };
}
