import { Option } from 'commander';
import type { Platform, Role } from '../../lib/config/platform';
import type { Where } from '../services/lead';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT, type Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly follow?: boolean;
  readonly since: string;
  readonly region?: Where;
  readonly filter?: string;
  readonly task?: string;
}

const HELP = `
Of a service, or a function of Holdfast (region-agent, wal-archive, ...), where the lead is unless
--region says otherwise. Permissions: docs/iam-services-policy.json.
Exit code 0: all was read. 1: a region could not be read. 2: wrong use.

Example:
  npx holdfast logs backend --follow --filter ERROR --platform ops-center`;

/** `holdfast logs`: what the tasks of a service say, or a function of Holdfast's. */
export const logs: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('logs <name>')
    .description('What the tasks of a service say, or a function of Holdfast.')
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('--since <when>', 'how far back: 90s, 2h, 1d, or a time with its zone', '10m')
    .addOption(new Option('--region <where>', 'where').choices(['home', 'standby', 'both']))
    .option('--filter <text>', 'only lines with this text in them')
    .option('--task <id>', 'only this task; the beginning of its id is enough')
    .option(...READS_ONLY)
    .addHelpText('after', HELP);
  command.action(async (name: string) => {
    const asked = command.optsWithGlobals<Options>();
    const platform = openPlatform(asked.platform, terminal);
    const { showLogs, sinceOf, logSource, logsPorts, systemClock: clock } = load();
    const source = logSource(platform, name);
    const sinceMs = sinceOf(asked.since, clock.now());
    if (sinceMs === undefined) {
      terminal.err(`--since ${asked.since}: it must be like 90s, 10m, 2h, 1d or 2026-01-31T12:00:00Z.\n`);
      return finish(EXIT.wrongUse);
    }
    const { json = false, follow: follows = false, filter: text, task } = asked;
    const roles = await rolesOf(platform, asked.region, terminal);
    const stop = (follows ? terminal.interruption?.() : undefined) ?? new AbortController().signal;
    const request = { source, roles, sinceMs, text, task, follows };
    const isRead = await showLogs(platform, request, logsPorts(), terminal, { json, clock, stop });
    finish(isRead ? EXIT.ok : EXIT.notOk);
  });
};

/** Both, where nobody can say who leads: a line too many is better than none. */
async function rolesOf(
  platform: Platform,
  where: Where | undefined,
  { err }: Terminal,
): Promise<readonly Role[]> {
  const { operatorPorts, answerOf, WHERE } = load();
  if (where !== undefined) return WHERE[where];
  const record = await answerOf(operatorPorts(platform).leadership.read());
  const holder = record.known ? record.value?.holder : undefined;
  const role = WHERE.both.find((one) => platform.regions[one].name === holder);
  if (role !== undefined) return [role];
  const why = record.known ? 'The leadership table says nobody leads.' : record.sentence;
  err(`${platform.name}: ${why} Both regions are read.\n`);
  return WHERE.both;
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../services/logs/run') as typeof import('../services/logs/run')),
  ...(require('../services/logs/lines') as typeof import('../services/logs/lines')),
  ...(require('../services/logs/source') as typeof import('../services/logs/source')),
  ...(require('../services/lead') as typeof import('../services/lead')),
  ...(require('../services/aws') as typeof import('../services/aws')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
