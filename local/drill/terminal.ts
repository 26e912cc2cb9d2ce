import { createColors } from 'picocolors';
import type { Platform } from '../../lib/config/platform';
import { headline } from '../../lib/drill/verdict';
import type { DrillReport, JournalEntry, RequestRecord, Sample, Side } from './model';
import type { Scenario } from './scenario';

/** What a person sees while a drill runs: a line for what happens, and one that changes in place for how things are. */
export interface DrillTerminal {
  say(line: string): void;
  begin(scenario: Scenario): void;
  entry(entry: JournalEntry): void;
  sample(sample: Sample, recent: readonly RequestRecord[]): void;
  /** @param written files that hold the report */
  end(report: DrillReport, written: readonly string[]): void;
}

const WHO: Readonly<Record<JournalEntry['who'], string>> = {
  drill: 'drill',
  'agent-home': 'agent, home',
  'agent-standby': 'agent, standby',
  database: 'database',
  dns: 'dns',
  tasks: 'tasks',
  leadership: 'seen',
  load: 'load',
};
const WHO_WIDTH = Math.max(...Object.values(WHO).map((text) => text.length));

/** @param out where it is written; a status line is shown only if it is a terminal */
export function makeTerminal(
  platform: Platform,
  out: { readonly isTTY?: boolean; write(text: string): unknown; readonly columns?: number } = process.stdout,
): DrillTerminal {
  const live = out.isTTY === true;
  const pc = createColors(live && process.env.NO_COLOR === undefined);
  const begun = performance.now();
  let status = '';
  const line = (text: string): void => {
    const clear = live && status !== '' ? '\r\x1b[2K' : '';
    out.write(`${clear}${text}\n${live ? status : ''}`);
  };
  const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
  return {
    say: (text) => line(`${pc.dim(`${seconds()} s`)}  ${text}`),
    begin({ name, says }) {
      line('');
      line(pc.bold(`${platform.name}: ${name}`));
      line(says);
      line('');
    },
    entry({ who, sentence }) {
      const said = who === 'drill' ? pc.yellow(sentence) : sentence;
      line(`${pc.dim(`${seconds()} s  ${WHO[who].padEnd(WHO_WIDTH)}`)}  ${said}`);
    },
    sample(sample, recent) {
      if (!live) return;
      status = pc.inverse(statusLine(sample, recent).slice(0, Math.max(20, (out.columns ?? 100) - 1)));
      out.write(`\r\x1b[2K${status}`);
    },
    end(report, written) {
      if (live && status !== '') out.write('\r\x1b[2K');
      status = '';
      line('');
      for (const { name, held, found } of report.expectations)
        line(`${held ? pc.green('held   ') : pc.red('BROKEN ')} ${name}\n         ${pc.dim(found)}`);
      line('');
      for (const text of verdictOf(report)) line(text);
      for (const file of written) line(`Report: ${file}`);
    },
  };
}

function statusLine({ record, dns, databases, tasks }: Sample, recent: readonly RequestRecord[]): string {
  const side = (one: Side): string => {
    const { role, open, lagSeconds, leaseSeconds } = databases[one];
    const lag = lagSeconds === undefined ? '' : ` ${lagSeconds.toFixed(1)} s behind`;
    const lease = open && leaseSeconds !== undefined ? `, lease ${leaseSeconds.toFixed(0)} s` : '';
    return `${one}: ${role}${open ? ', open' : ''}${lease}${lag}, ${tasks[one]} tasks`;
  };
  const failed = recent.filter(({ status }) => status !== 200).length;
  const leads = record
    ? `${record.holder} leads epoch ${record.epoch} (${record.state})`
    : 'nobody knows who leads';
  return ` ${leads} | ${side('home')} | ${side('standby')} | name -> ${dns ?? 'nowhere'} | ${recent.length} requests/s, ${failed} failed `;
}

/** The verdict in words. */
export function verdictOf(report: DrillReport): string[] {
  const { figures, account } = report;
  const said = (value: number | undefined, what: string): string[] =>
    value === undefined ? [] : [`${what} ${value.toFixed(1)} s`];
  return [
    headline(report),
    `${account.acknowledged} writes were acknowledged: ${account.present} are there, ${account.salvaged} salvaged, ${account.lost} lost and listed, ${account.unexplained} unexplained, ${account.doubled} taken by two sides at once.`,
    [
      ...said(figures.rtoSeconds, 'First write in the other region after'),
      ...said(figures.rpoSeconds, 'RPO'),
      `longest time without a write ${figures.longestGapSeconds.toFixed(1)} s`,
      `${figures.failed} of ${figures.requests} requests failed, ${figures.failedAfterRetry} also when repeated`,
    ].join('; '),
  ];
}
