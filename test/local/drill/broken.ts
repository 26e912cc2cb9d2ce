import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { drill } from '../../../local/drill/drill';
import { USUAL_LOAD } from '../../../local/drill/load-on';
import type { DrillReport } from '../../../local/drill/model';
import { atPace, PACE, platformFile } from '../../../local/drill/pace';
import { makeTable } from '../../../local/drill/table';
import { World } from '../../../local/drill/world';
import { writablePath } from '../../../local/drill/writable-path';
import { SABOTAGE, type Sabotage } from './sabotage';

/**
 * Breaks a platform on purpose, once for each way, and ends with 0 only if the drill failed each time and named the
 * expectation that was broken: a drill that cannot fail proves nothing. Each way has a deployment of its own.
 * Arguments: names of ways; without one, all of them.
 */

const ROOT = resolve(__dirname, '../../..');
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

let world: World | undefined;

async function reportOf({ scenario }: Sabotage, logs: string): Promise<DrillReport> {
  const { path, platform } = platformFile('ops-center', ROOT);
  const text = atPace(path, platform, PACE.fast);
  const file = join(logs, `${platform.name}.yaml`);
  writeFileSync(file, text);
  world = World.plan({ text, file, pace: PACE.fast, logs, say: () => undefined });
  try {
    await world.begin();
    await makeTable(world, 'home');
    await world.ready();
    const told = {
      entry: ({ sentence }: { sentence: string }) => say(`  ${sentence}`),
      sample: () => undefined,
    };
    return await drill({
      world,
      scenario,
      platformFile: file,
      path: writablePath(platform),
      size: USUAL_LOAD,
      told,
    });
  } finally {
    await world.stop();
  }
}

/** @returns whether the drill noticed */
async function isNoticed(sabotage: Sabotage): Promise<boolean> {
  const logs = mkdtempSync(join(tmpdir(), 'holdfast-broken-'));
  say(`${sabotage.name}:`);
  try {
    const { verdict, expectations } = await reportOf(sabotage, logs);
    const broken = expectations.filter(({ held }) => !held);
    for (const { name, found } of broken) say(`  BROKEN ${name}: ${found}.`);
    return verdict === 'failed' && broken.some(({ name }) => name === sabotage.breaks);
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !SABOTAGE.some((one) => one.name === name));
  if (unknown !== undefined) {
    say(`There is no way ${unknown}: there are ${SABOTAGE.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  let failed = 0;
  for (const sabotage of SABOTAGE.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const noticed = await isNoticed(sabotage);
    say(noticed ? `${sabotage.name}: noticed.` : `${sabotage.name}: NOT NOTICED: "${sabotage.breaks}" held.`);
    if (!noticed) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

for (const [signal, code] of Object.entries(SIGNALS))
  process.once(signal, () => void (world?.stop() ?? Promise.resolve()).finally(() => process.exit(code)));

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
