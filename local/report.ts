import { cpus, totalmem } from 'node:os';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Fact } from './readback/fact';

export interface Report {
  readonly name: 'deploy-local';
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly cpus: number;
    readonly memoryGiB: number;
  };
  readonly platform: string;
  readonly regions: readonly string[];
  readonly stacks: readonly { readonly name: string; readonly region: string; readonly resources: number }[];
  readonly resources: {
    readonly total: number;
    readonly verified: number;
    readonly customRan: number;
    readonly facts: Readonly<Record<string, readonly Fact[]>>;
  };
  /** Type -> number of resources that were accepted and cannot be looked up. */
  readonly notVerified: Readonly<Record<string, number>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly verdict: 'ok' | 'failed';
}

export const machine = (): Report['machine'] => ({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpus: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
});

const words = (key: string): string => key.replace(/([A-Z])/g, ' $1').toLowerCase();

/** The report as a person reads it. */
export function render(report: Report): string {
  const lines: string[] = [];
  for (const [section, rows] of Object.entries(report.resources.facts)) {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const table = new Table({ head: columns.map(words), style: { head: [], border: [] } });
    for (const row of rows) table.push(columns.map((column) => String(row[column] ?? '')));
    lines.push('', pc.bold(section), table.toString());
  }
  const accepted = Object.entries(report.notVerified).map(([type, count]) => `${type} (${count})`);
  lines.push(
    '',
    `accepted, not verified: ${accepted.join(', ') || 'none'}`,
    `seconds: ${Object.entries(report.seconds)
      .map(([step, value]) => `${step} ${value.toFixed(1)}`)
      .join(', ')}`,
    ...report.problems.map((problem) => pc.red(`missing: ${problem}`)),
    verdict(report),
  );
  return lines.join('\n');
}

function verdict({ platform, regions, stacks, resources, problems, verdict: outcome }: Report): string {
  const what = `${stacks.length} stacks in ${regions.join(', ')}; ${resources.total} resources: ${resources.verified} found in their services, ${resources.customRan} custom resources ran here`;
  return outcome === 'ok'
    ? pc.green(`ok: ${platform} is deployed: ${what}.`)
    : pc.red(`failed: ${platform}: ${problems.length} problems; ${what}.`);
}
