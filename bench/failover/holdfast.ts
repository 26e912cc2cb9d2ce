import { firstRecord } from '../../lambda/leader/record';
import type { AgentSettings } from '../../lambda/region-agent/contract';
import { AGENT, AUTHORITY, DATABASE, type FencedServer, startFenced } from '../../test/support/fence';
import type { AgentProcess } from './agent';
import { type Closing, type Contender, closingAll, postmasterOf, SETTINGS, WRITTEN } from './contender';
import { Daemon, family, until } from './daemon';
import { POSTGRES } from './debian';
import { startEtcd } from './etcd-server';
import { putFirst, readLeadership } from './table';
import { type HoldfastTimings, watchSeconds } from './timings';

/**
 * Two fenced servers, of which one replicates the other, with the agents of each region in a process. The fence is whole
 * but for two things that PostgreSQL has only later, which set-up says of itself: its check at the login (17; the role's
 * end of validity and the check of every statement hold without it), and a reserved connection for the agent (16). The
 * stand-in for pg_cron runs its job at once after a promotion, where the extension takes up to E longer.
 */

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
/** How much longer than a watch a run of the agent lasts: as `lib/recovery/agent-run.ts` reckons. */
const BESIDE_THE_WATCH_SECONDS = 85;
const LEASE_MS = 60_000;

/** @param bundle of the agent's process */
export function startHoldfast(bundle: string, timings: HoldfastTimings): Promise<Contender> {
  return closingAll(async (closing) => {
    const etcd = await startEtcd();
    closing.push(etcd.stop);
    const { home, standby, limitations } = await startServers(timings, closing);
    await putFirst(etcd.client, firstRecord(HOME, timings.leaseSeconds, timings.enforceSeconds));
    const agents = (own: string, server: FencedServer): Daemon => {
      const given = processOf(own, server, etcd.client.endpoint, timings);
      const daemon = new Daemon(`agents of ${own}`, process.execPath, [bundle, JSON.stringify(given)]);
      closing.push(() => daemon.end());
      return daemon;
    };
    let atHome = agents(HOME, home);
    const atStandby = agents(STANDBY, standby);
    const said = (): string => `${atHome.said}\n${atStandby.said}`;
    await until('home has a lease', async () => !(await home.agent.observe()).lease.closed, LEASE_MS, said);
    const { superuser, port } = home.server;
    return {
      name: 'holdfast',
      old: port,
      next: standby.server.port,
      limitations,
      superuser,
      renewals: async () => (await readLeadership(etcd.client)).version,
      isClaimed: async () => (await readLeadership(etcd.client)).holder === STANDBY,
      processes: async () => [...atHome.pids, ...family(await postmasterOf({ superuser }, port))],
      async returns() {
        await home.server.start();
        atHome = agents(HOME, home);
      },
      said,
    };
  });
}

interface Servers {
  readonly home: FencedServer;
  readonly standby: FencedServer;
  /** What set-up says of the fence. */
  readonly limitations: string;
}

/** @returns two servers that stream */
async function startServers(timings: HoldfastTimings, closing: Closing): Promise<Servers> {
  const home = await startFenced(SETTINGS, {}, POSTGRES);
  closing.push(() => home.stop());
  const limitations = await prepare(home, timings);
  const standby = home.on(await home.server.replica());
  closing.push(() => standby.stop());
  for (const one of [home, standby]) one.cron();
  await until('the replica streams', async () => (await standby.agent.observe()).streaming);
  return { home, standby, limitations };
}

/** @returns what set-up says of the fence */
async function prepare(home: FencedServer, { enforceSeconds }: HoldfastTimings): Promise<string> {
  const owner = await home.as();
  await owner.query(WRITTEN);
  await owner.end();
  const settings = { EnforceSeconds: String(enforceSeconds), ApplicationLimit: '40' };
  return (await home.setup(settings)).sentence ?? '';
}

function processOf(
  own: string,
  { server }: FencedServer,
  etcd: string,
  { leaseSeconds, enforceSeconds, marginSeconds, pollSeconds }: HoldfastTimings,
): AgentProcess {
  const settings: AgentSettings = {
    own,
    other: own === HOME ? STANDBY : HOME,
    home: HOME,
    leaseSeconds,
    enforceSeconds,
    marginSeconds,
    pollSeconds,
    lagGateSeconds: 60,
    databaseOutageSeconds: 150,
    minimumSecondsBetweenMoves: 3_600,
    failOverOnApplicationOutage: false,
  };
  return {
    settings,
    etcd,
    address: { host: server.host, port: server.port, database: DATABASE },
    credential: AGENT,
    superuser: server.superuser,
    authority: AUTHORITY,
    source: own === HOME ? null : `arn:aws:rds:${HOME}:123456789012:db:bench-db`,
    runSeconds:
      watchSeconds({ leaseSeconds, enforceSeconds, marginSeconds, pollSeconds }) + BESIDE_THE_WATCH_SECONDS,
  };
}
