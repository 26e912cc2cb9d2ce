import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { sentenceOf } from '../../lambda/runtime/errors';
import type { Platform } from '../../lib/config/platform';
import type { Item } from '../secrets/items';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT, type Exit, type Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly fromFile?: string;
  readonly dryRun?: boolean;
}

/** What `holdfast secrets` and `holdfast files` differ in. */
export interface ItemsCommand {
  readonly name: 'secrets' | 'files';
  readonly description: string;
  readonly help: string;
  readonly list: string;
  readonly check: string;
  readonly set: { readonly description: string; readonly help: string };
}

const KINDS = { secrets: 'secret', files: 'file' } as const;

/** Commands that set, list and check what Secrets Manager keeps for a platform. */
export const itemsCommand =
  (kind: ItemsCommand): AddCommand =>
  (program, terminal, finish) => {
    const command = program.command(kind.name).description(kind.description).addHelpText('after', kind.help);
    addSet(kind, command, terminal, finish);
    const list = command
      .command('list')
      .description(kind.list)
      .option(...READS_ONLY)
      .addHelpText('after', listHelp(kind, 'list'));
    action(list, terminal, finish, async (platform, { json }) => {
      const reports = await reported(kind, platform);
      const { renderList } = load();
      terminal.out(
        json
          ? printed(platform, { [kind.name]: reports })
          : renderList(platform.name, KINDS[kind.name], reports, terminal),
      );
      const unseen = reports.filter(({ state }) => state === 'unknown').map(({ sentence }) => sentence);
      for (const sentence of new Set(unseen)) terminal.err(`${platform.name}: ${sentence}\n`);
      return unseen.length === 0 ? EXIT.ok : EXIT.notOk;
    });
    const check = command
      .command('check')
      .description(kind.check)
      .option(...READS_ONLY)
      .addHelpText('after', listHelp(kind, 'check'));
    action(check, terminal, finish, async (platform, { json }) => {
      const reports = await reported(kind, platform);
      const { renderCheck, verdictOf } = load();
      const verdict = verdictOf(KINDS[kind.name], reports);
      terminal.out(
        json
          ? printed(platform, { verdict, [kind.name]: reports })
          : renderCheck(platform.name, KINDS[kind.name], reports, terminal),
      );
      return reports.every(({ state }) => state === 'ok') ? EXIT.ok : EXIT.notOk;
    });
  };

const ENDS = {
  list: 'Exit code 0: all could be seen. 1: something could not; why is told. 2: wrong use.',
  check: 'Exit code 0: all is as it must be. 1: something is to do, or cannot be seen. 2: wrong use.',
} as const;

const listHelp = ({ name }: ItemsCommand, which: keyof typeof ENDS): string => `
Only reads, and shows no value. Fewest permissions: docs/iam-secrets-policy.json.
${ENDS[which]}

Example:
  npx holdfast ${name} ${which} --platform ops-center`;

function reported(kind: ItemsCommand, platform: Platform) {
  const { survey, secretStore, systemClock } = load();
  return survey(platform, itemsOf(kind, platform), secretStore(), systemClock.now());
}

function itemsOf({ name }: ItemsCommand, platform: Platform): Item[] {
  const { secretItems, fileItems } = load();
  return name === 'secrets' ? secretItems(platform) : fileItems(platform);
}

const printed = (platform: Platform, rest: object): string =>
  `${JSON.stringify({ platform: platform.name, ...rest }, null, 2)}\n`;

function addSet(kind: ItemsCommand, command: Command, terminal: Terminal, finish: (exit: Exit) => void) {
  const set = command
    .command('set')
    .description(kind.set.description)
    .argument('<name>', 'as the platform file names it')
    .option('--from-file <file>', 'take it from this file')
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', kind.set.help);
  action(set, terminal, finish, async (platform, options, name) => {
    const { setItem, settable, secretStore, telling, EXITS, explainCall, systemClock: clock } = load();
    const { json = false, dryRun = false } = options;
    const stop = terminal.interruption?.() ?? new AbortController().signal;
    const manner = { json, dryRun, clock, stop };
    const refused = (sentence: string) => ({ outcome: 'refused' as const, sentences: [sentence] });
    const work = async (tell: (sentence: string) => void) => {
      const wanted = settable(KINDS[kind.name], itemsOf(kind, platform), name);
      if ('problem' in wanted) return refused(wanted.problem);
      const given = await givenFor(kind, wanted.item, options, terminal);
      if ('problem' in given) return refused(given.problem);
      const request = { item: wanted.item, text: given.text, version: randomUUID() };
      return setItem(platform, request, secretStore(), manner, tell);
    };
    const told = await telling(platform.name, `${kind.name} set`, terminal, manner, work, explainCall);
    return EXITS[told.outcome];
  });
}

async function givenFor(
  kind: ItemsCommand,
  item: Item,
  { fromFile, json = false }: Options,
  terminal: Terminal,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const { readSecret, readText } = load();
  const read = kind.name === 'secrets' ? readSecret : readText;
  if (fromFile !== undefined) {
    try {
      return read(await readFile(fromFile));
    } catch (error) {
      return { problem: `${fromFile} cannot be read: ${sentenceOf(error)}` };
    }
  }
  if (terminal.input) return read(await terminal.input());
  if (kind.name === 'secrets' && terminal.askHidden && !json)
    return { text: await terminal.askHidden(`${item.name} (${item.description}), not shown: `) };
  return { problem: 'There is no value: say --from-file, or pipe it in.' };
}

function action(
  command: Command,
  terminal: Terminal,
  finish: (exit: Exit) => void,
  work: (platform: Platform, options: Options, argument: string) => Promise<Exit>,
): void {
  command.action(async (argument?: unknown) => {
    const options = command.optsWithGlobals<Options>();
    const platform = openPlatform(options.platform, terminal);
    finish(await work(platform, options, typeof argument === 'string' ? argument : ''));
  });
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../secrets/aws') as typeof import('../secrets/aws')),
  ...(require('../secrets/failures') as typeof import('../secrets/failures')),
  ...(require('../secrets/items') as typeof import('../secrets/items')),
  ...(require('../secrets/render') as typeof import('../secrets/render')),
  ...(require('../secrets/set') as typeof import('../secrets/set')),
  ...(require('../secrets/survey') as typeof import('../secrets/survey')),
  ...(require('../secrets/value') as typeof import('../secrets/value')),
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
