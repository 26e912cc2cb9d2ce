import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadPlatform, platformNames } from '../../lib/config/load';
import { renderAlertmanager } from '../../lib/monitoring/routing/alertmanager';
import { routingOf } from '../../lib/monitoring/routing/model';
import { MISSING } from './alertmanager';
import { EVERY_COMBINATION, expectedReceivers } from './receivers-of-jackcwf';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');
/** Processes at the same time. */
const BATCH = 8;

/**
 * Asks amtool where the plain rendering takes alerts: every combination of the known words for jackcwf, and the watchdog.
 * For the other platforms amtool reads the rendering.
 * @returns what is wrong, one text each
 */
export async function routingProblems(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-routes-'));
  try {
    const problems: string[] = [];
    for (const name of platformNames(ROOT)) problems.push(...(await readable(folder, name)));
    return problems.length > 0 ? problems : await wrongRoutes(join(folder, 'jackcwf.yaml'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function amtool(...args: string[]): Promise<string> {
  try {
    return (await run('amtool', args)).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(`amtool ${MISSING}`);
    }
    throw error;
  }
}

async function readable(folder: string, name: string): Promise<string[]> {
  const file = join(folder, `${name}.yaml`);
  const routing = routingOf(loadPlatform(name, { root: ROOT }));
  writeFileSync(
    file,
    renderAlertmanager(routing, (receiver) => `http://127.0.0.1/${receiver}`),
  );
  const said = await amtool('check-config', file);
  return said.includes('SUCCESS') ? [] : [`${name}: amtool refuses the rendering: ${said}`];
}

async function wrongRoutes(file: string): Promise<string[]> {
  const asked = [
    ...EVERY_COMBINATION.map((labels) => ({
      labels: { alertname: 'HighErrorRate', ...labels },
      expected: expectedReceivers(labels),
    })),
    ...EVERY_COMBINATION.filter(({ component }) => component === 'monitoring').map((labels) => ({
      labels: { alertname: 'Watchdog', ...labels },
      expected: ['holdfast-watchdog'],
    })),
  ];
  const problems: string[] = [];
  for (let i = 0; i < asked.length; i += BATCH) {
    const batch = asked.slice(i, i + BATCH).map(({ labels, expected }) => wrong(file, labels, expected));
    problems.push(...(await Promise.all(batch)).flat());
  }
  return problems;
}

async function wrong(
  file: string,
  labels: Readonly<Record<string, string>>,
  expected: readonly string[],
): Promise<string[]> {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const said = await amtool('config', 'routes', 'test', `--config.file=${file}`, ...pairs);
  const found = said.trim().split(',').sort();
  if (found.join() === expected.join()) return [];
  return [`${pairs.join(' ')}: amtool says ${found.join(', ')}; expected: ${expected.join(', ')}`];
}
