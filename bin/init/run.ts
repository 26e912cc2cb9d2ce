import { join } from 'node:path';
import { parsePlatform } from '../../lib/config/load';
import { newPlatform } from '../../lib/config/new-platform';
import { PlatformFileError } from '../../lib/config/problem';
import { EXIT, type Exit, type Terminal } from '../commands/terminal';
import { assertFree, CannotWrite, schemaFrom, writeNew } from '../new-file/write-new';
import { answersOfFlags, askAnswers, type InitFlags, MissingFlags } from './answers';
import { Interrupted } from './prompts';

/** What the command line says of a new platform. */
export interface InitRequest {
  readonly flags: InitFlags;
  /** Ask nothing. */
  readonly yes: boolean;
  readonly out: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Asks what no flag says and writes a platform file, never over another one. */
export async function runInit(
  { flags, yes, out: asked, dryRun, json }: InitRequest,
  terminal: Terminal,
): Promise<Exit> {
  const out = asked ?? join(terminal.root, 'platform.yaml');
  try {
    if (!dryRun) assertFree(out, false);
    const prompts = yes ? undefined : terminal.prompts?.();
    const answers = prompts ? await askAnswers(flags, prompts) : answersOfFlags(flags);
    const text = newPlatform(answers, schemaFrom(out, terminal.root));
    parsePlatform(text, out);
    if (!dryRun) writeNew(out, text, false);
    if (json)
      terminal.out(
        `${JSON.stringify({ file: dryRun ? null : out, platform: { name: answers.name, text } }, null, 2)}\n`,
      );
    else if (dryRun) terminal.out(text);
    else terminal.out(`Wrote ${out}.\nNext: npx holdfast check --platform ${out}\n`);
    return EXIT.ok;
  } catch (error) {
    return explained(error, terminal);
  }
}

/** @throws what no person can do anything about */
function explained(error: unknown, { err }: Pick<Terminal, 'err'>): Exit {
  if (error instanceof Interrupted) {
    err('Nothing was written.\n');
    return EXIT.notOk;
  }
  if (error instanceof PlatformFileError) {
    err(`${error.message}\nNothing was written.\n`);
    return EXIT.wrongUse;
  }
  if (!(error instanceof CannotWrite || error instanceof MissingFlags || error instanceof RangeError))
    throw error;
  err(`holdfast init: ${error.message}\n`);
  return error instanceof CannotWrite ? EXIT.notOk : EXIT.wrongUse;
}
