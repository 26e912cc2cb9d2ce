import type { Start, StartAsked } from '../../lambda/image-gate/contract';
import { functionName } from '../../lib/config/names';
import type { Platform, Role, Service } from '../../lib/config/platform';
import { gateProperties } from '../../lib/service/gate-properties';
import type { Terminal } from '../commands/terminal';
import { explainStartFailure } from './failures';

/** The image gate of a region, which alone starts a service that waits. */
export interface Gate {
  /**
   * @param name physical name of the function
   * @throws {CallFailed} if AWS gave no answer
   * @throws {GateFailed} if the function ended with an error
   */
  ask(region: string, name: string, asked: StartAsked): Promise<Start>;
}

/** What a person asks for. */
export interface Request {
  readonly service: Service;
  readonly roles: readonly Role[];
  readonly dryRun: boolean;
}

/** What became of a service in one region. */
export interface RegionResult {
  readonly region: string;
  readonly role: Role;
  readonly state: Start['state'] | 'failed';
  readonly sentence: string;
}

/** Asks the gates, all regions at once. Never rejects for what AWS or the network do. */
export async function startService(
  platform: Platform,
  { service, roles, dryRun }: Request,
  gate: Gate,
): Promise<RegionResult[]> {
  const name = functionName(platform, 'image-gate');
  return Promise.all(
    roles.map(async (role): Promise<RegionResult> => {
      const region = platform.regions[role].name;
      const properties = gateProperties(platform, service);
      try {
        const answer = await gate.ask(region, name, { kind: 'start-asked', service: properties, dryRun });
        return { region, role, ...answer };
      } catch (error) {
        return { region, role, state: 'failed', sentence: explainStartFailure(error, name, region) };
      }
    }),
  );
}

/** Whether the service runs (or would): somewhere, and wherever it is meant to. */
export function isStarted(results: readonly RegionResult[]): boolean {
  const wanted = results.filter(({ state }) => state !== 'rests');
  return wanted.length > 0 && wanted.every(({ state }) => GOOD.has(state));
}
const GOOD: ReadonlySet<RegionResult['state']> = new Set(['started', 'would-start', 'runs'] as const);

/** One line for each region, or JSON for programs. */
export function print(
  platform: Platform,
  { service, dryRun }: Request,
  results: readonly RegionResult[],
  { json, terminal }: { readonly json: boolean; readonly terminal: Terminal },
): void {
  if (json) {
    const report = { platform: platform.name, service: service.name, dryRun, regions: results };
    terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  for (const { region, role, sentence } of results) terminal.out(`${region} (${role}): ${sentence}\n`);
}
