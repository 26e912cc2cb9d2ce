import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listArchive, renderChains } from '../../../bin/recover/archive/list';
import { renderTransactions, showTransaction } from '../../../bin/recover/archive/show';
import { verifyArchive } from '../../../bin/recover/archive/verify';
import { type DatabaseOptions, databaseRequest } from '../../../bin/recover/database/request';
import { restoreDatabase } from '../../../bin/recover/database/run';
import { type ObjectVersions, restoreObjects } from '../../../bin/recover/objects/run';
import { runSalvage } from '../../../bin/recover/salvage/run';
import { restoreSecrets } from '../../../bin/recover/secrets/run';
import { type Ended, type Manner, telling } from '../../../bin/recover/telling';
import { parseTarget } from '../../../lambda/archive/restore/target';
import { FakeClock } from '../../support/fake-clock';
import { terminal } from '../operate/fakes';
import { HOME, moved, STANDBY } from '../operate/records';
import type { Scene } from '../operate/runbook-scenes';
import { platform } from '../support/ports';
import { archiveOfScenes, type Damage, damaged } from './scene-archive';
import { lostOnes, NOW_MS, recovery, THE_BUG } from './scene-world';

/** The runs of recovery whose output the runbooks show: the real commands, on a platform in the state a runbook is about. */

const demo = platform();
function manner(clock: FakeClock, dryRun: boolean): Manner {
  const { signal } = new AbortController();
  // A restore waits for its instance in many short sleeps.
  setMaxListeners(0, signal);
  return { json: false, dryRun, clock, stop: signal };
}

/** Does the work as the command does, on a clock that stands still where nothing waits. */
async function told(
  command: string,
  work: (manner: Manner, tell: (sentence: string) => void, show: (text: string) => void) => Promise<Ended>,
  { dryRun = false, clock = new FakeClock(NOW_MS) } = {},
): Promise<string> {
  const { end, said } = terminal();
  const how = manner(clock, dryRun);
  await clock.run(telling(demo.name, command, end, how, (tell) => work(how, tell, end.out)));
  return said.out;
}

const restore = (options: DatabaseOptions, dryRun = false): Promise<string> => {
  const clock = new FakeClock(NOW_MS);
  return told(
    'restore',
    async (how, tell) => {
      const world = await recovery(demo, clock);
      return restoreDatabase(demo, databaseRequest(demo, options, NOW_MS), world, how, tell);
    },
    { dryRun, clock },
  );
};

const verify = (damage: Damage, only?: 'near' | 'far', since?: string): Promise<string> =>
  told('archive verify', async (_, tell) => {
    const { near, far } = await damaged(demo, damage);
    return verifyArchive(
      only === undefined ? { near, far } : { near: only === 'near' ? near : far },
      since,
      tell,
    );
  });

/** A bucket in which somebody has written over one object and deleted another. */
const uploads: ObjectVersions = {
  async *versions() {
    const before = NOW_MS - 7 * 86_400_000;
    const version = (key: string, modifiedMs: number, deleted: boolean, size: number) => ({
      key,
      versionId: `${key}-${modifiedMs}`,
      modifiedMs,
      deleted,
      size,
    });
    yield version('2026/01/contract.pdf', NOW_MS - 3_600_000, false, 48_213);
    yield version('2026/01/contract.pdf', before, false, 48_190);
    yield version('2026/01/invoice.pdf', NOW_MS - 3_500_000, true, 0);
    yield version('2026/01/invoice.pdf', before, false, 20_412);
    yield version('2026/01/logo.png', before, false, 4_096);
    yield version('README-to-decrypt.txt', NOW_MS - 3_400_000, false, 812);
  },
  copy: async () => undefined,
};

const objects = (): Promise<string> =>
  told(
    'restore',
    (how, tell) => {
      const request = { target: THE_BUG, region: STANDBY, buckets: [], prefix: '', into: 'before' };
      return restoreObjects(demo, request, uploads, how, tell);
    },
    { dryRun: true },
  );

const secrets = (): Promise<string> =>
  told('restore', (how, tell) => {
    const current = { id: 'e0a1', createdMs: Date.UTC(2026, 0, 2), stages: ['AWSCURRENT'] };
    const port = {
      list: async () => [{ name: 'demo/session-key', deletedMs: Date.UTC(2026, 1, 28) }],
      versions: async () => [current],
      undelete: async () => undefined,
      makeCurrent: async () => undefined,
    };
    const request = { target: parseTarget('latest'), region: HOME, secret: 'session-key' };
    return restoreSecrets(demo, request, port, how, tell);
  });

async function salvage(sql: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-scene-'));
  try {
    const text = await told('salvage', async (_, tell, show) => {
      const world = await recovery(demo, new FakeClock(NOW_MS));
      world.record = moved('SERVING', {}, 'takeover', NOW_MS);
      lostOnes(world);
      const file = join(folder, sql);
      const options = { epoch: null, list: undefined, sql: file, transactions: undefined, dryRun: false };
      return runSalvage(demo, options, world, tell, show);
    });
    return text.replaceAll(`${folder}/`, '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const TO = '2026-01-31T11:02:16Z';

export const RECOVERY_SCENES: readonly Scene[] = [
  {
    runbook: 'data-corruption',
    command: 'npx holdfast archive show',
    output: async () => {
      const { near } = await archiveOfScenes(demo);
      return renderTransactions(await showTransaction(near, 48_291, false));
    },
  },
  {
    runbook: 'data-corruption',
    command: 'npx holdfast restore --dry-run',
    output: () => restore({ to: TO, into: 'before-the-bug' }, true),
  },
  {
    runbook: 'data-corruption',
    command: 'npx holdfast restore',
    output: () => restore({ to: TO, into: 'before-the-bug' }),
  },
  {
    runbook: 'dropped-table',
    command: 'npx holdfast restore --tables',
    output: () => restore({ to: TO, into: 'before-the-drop', tables: 'orders,order_items' }),
  },
  {
    runbook: 'ransomware',
    command: 'npx holdfast archive verify --region',
    output: () => verify('none', 'far'),
  },
  { runbook: 'ransomware', command: 'npx holdfast restore --component objects', output: objects },
  { runbook: 'ransomware', command: 'npx holdfast restore --component secrets', output: secrets },
  {
    runbook: 'copies-lost',
    command: 'npx holdfast archive verify',
    output: () => verify('lost far', undefined, '2026-01-31T00:00:00Z'),
  },
  {
    runbook: 'archive-gap',
    command: 'npx holdfast archive ls',
    output: async () => renderChains(await listArchive((await damaged(demo, 'gap')).near)),
  },
  { runbook: 'archive-gap', command: 'npx holdfast archive verify', output: () => verify('gap') },
  { runbook: 'region-loss', command: 'npx holdfast salvage --sql', output: () => salvage('salvage.sql') },
  {
    runbook: 'restore-a-database',
    command: 'npx holdfast restore --region',
    output: () => restore({ to: 'latest', into: 'next', region: STANDBY }),
  },
];
