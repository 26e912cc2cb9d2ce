import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Imported, type ImportOptions, importCompose } from '../../lib/compose/import-compose';
import { problemLine, type Remark, type RemarkKind, remarkLine } from '../../lib/compose/report';
import type { Terminal } from '../commands/terminal';
import { EXIT, type Exit } from '../commands/terminal';
import type { PlatformOptions } from '../new-file/platform-options';
import { assertFree, CannotWrite, schemaFrom, writeNew } from '../new-file/write-new';

/** What the command line says of an import. */
export interface ImportRequest extends PlatformOptions {
  /** Compose files; empty: those that Compose itself would find here. */
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  readonly out: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What Compose itself looks for, in this order, each with the file that it lays over. */
const USUAL_FILES: readonly (readonly [file: string, over: readonly string[]])[] = [
  ['compose.yaml', ['compose.override.yaml', 'compose.override.yml']],
  ['compose.yml', ['compose.override.yml', 'compose.override.yaml']],
  ['docker-compose.yml', ['docker-compose.override.yml', 'docker-compose.override.yaml']],
  ['docker-compose.yaml', ['docker-compose.override.yaml', 'docker-compose.override.yml']],
];

/** Translates Compose files and writes a platform file. Nothing is written if anything is in the way. */
export function runImport(request: ImportRequest, terminal: Terminal): Exit {
  const files = request.files.length > 0 ? request.files : usualFiles();
  const [first] = files;
  if (first === undefined) {
    terminal.err(
      'holdfast import: there is no Compose file here; name one: npx holdfast import docker-compose.yml\n',
    );
    return EXIT.wrongUse;
  }
  const out = request.out ?? join(terminal.root, 'platform.yaml');
  try {
    if (!request.dryRun) assertFree(out, request.force);
    const { root, environment } = terminal;
    const options: ImportOptions = {
      ...request,
      size: request.size ?? 'small',
      folderName: basename(dirname(resolve(first))),
      schema: schemaFrom(out, root),
    };
    const imported = importCompose({ files, envFiles: request.envFiles, environment, read }, options);
    if (imported.kind === 'platform' && !request.dryRun) writeNew(out, imported.text, request.force);
    tell(imported, { out, request, terminal, unread: unreadOverride(files) });
    return imported.kind === 'platform' ? EXIT.ok : EXIT.wrongUse;
  } catch (error) {
    if (!(error instanceof CannotWrite || error instanceof RangeError)) throw error;
    terminal.err(`holdfast import: ${error.message}\n`);
    return error instanceof CannotWrite ? EXIT.notOk : EXIT.wrongUse;
  }
}

function usualFiles(): readonly string[] {
  const [file, over = []] = USUAL_FILES.find(([name]) => existsSync(name)) ?? [];
  const first = over.find((name) => existsSync(name));
  return file === undefined ? [] : first === undefined ? [file] : [file, first];
}

/** A file that Compose would lay over the only one that is named, had it not been named. */
function unreadOverride(files: readonly string[]): string | undefined {
  const [only, another] = files;
  if (only === undefined || another !== undefined) return undefined;
  const [, over = []] = USUAL_FILES.find(([name]) => name === basename(only)) ?? [];
  return over.map((name) => join(dirname(only), name)).find((path) => existsSync(path));
}

/** Folders and what may not be read count as missing: the import says what it misses. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

interface Telling {
  readonly out: string;
  readonly request: ImportRequest;
  readonly terminal: Terminal;
  readonly unread: string | undefined;
}

function tell(imported: Imported, { out, request, terminal, unread }: Telling): void {
  const { remarks } = imported;
  const problems = imported.kind === 'problems' ? imported.problems : [];
  const file = imported.kind === 'platform' && !request.dryRun ? out : null;
  if (request.json) {
    const platform = imported.kind === 'platform' ? { name: imported.name, text: imported.text } : null;
    terminal.out(`${JSON.stringify({ file, platform, remarks, problems }, null, 2)}\n`);
    return;
  }
  if (unread !== undefined)
    terminal.err(`${unread} is not read; to lay it over, name it too: -f ${request.files[0]} -f ${unread}\n`);
  if (imported.kind === 'problems') {
    terminal.err(`${problems.map(problemLine).join('\n')}\nNothing was written.\n`);
    return;
  }
  const said = remarks.map((remark) => `${remarkLine(remark)}\n`).join('');
  if (request.dryRun) {
    terminal.err(said);
    terminal.out(imported.text);
  } else
    terminal.out(`${said}\nWrote ${out}: ${summary(remarks)}\nNext: npx holdfast check --platform ${out}\n`);
}

const KINDS: readonly RemarkKind[] = ['not carried over', 'changed', 'guessed', 'to do'];

function summary(remarks: readonly Remark[]): string {
  const counts = KINDS.map((kind) => `${remarks.filter((remark) => remark.kind === kind).length} ${kind}`);
  return `${counts.join(', ')}.`;
}
