import { dirname, join, normalize } from 'node:path';
import type { Path } from '../../config/problem';
import { entriesOf, field, isMapping, listOf, type Mapping, textOf } from '../json';
import type { Report } from '../report';
import { readEnvFile } from './env-file';
import { extended } from './extends';
import { interpolateTree, type Lookup, type MissingVariable } from './interpolate';
import { overlaid } from './merge';
import type { Places } from './places';
import { fileEntries, longForm } from './short-forms';
import { isMistake, readYaml, type YamlFile } from './yaml-file';

/** What reading a Compose project asks of the place it runs in. */
export interface ComposeSource {
  /** Compose files, the later over the earlier. Relative paths begin at the folder of the first. */
  readonly files: readonly string[];
  /** Files of variables for `${...}`; without any `.env` beside the first file. */
  readonly envFiles: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @returns the text of a file, or undefined if there is none that can be read */
  read(path: string): string | undefined;
}

/** Everything that the files say together, in the long syntax, before it is looked at more closely. */
export interface RawProject {
  readonly name: string | undefined;
  readonly services: Mapping;
  readonly secrets: Mapping;
  readonly configs: Mapping;
  readonly volumes: Mapping;
  readonly networks: Mapping;
  readonly lookup: Lookup;
  /** Variables that are asked for and not set; whether that matters depends on what becomes of the place. */
  readonly missing: readonly MissingVariable[];
}

const TOP = ['services', 'secrets', 'configs', 'volumes', 'networks'] as const;
type Tree = Readonly<Record<(typeof TOP)[number], Mapping>> & { readonly name: string | undefined };
const EMPTY: Tree = { name: undefined, services: {}, secrets: {}, configs: {}, volumes: {}, networks: {} };

/** Reads all files of a project: includes, variables, `extends`, and one file over the other. */
export function readProject(source: ComposeSource, places: Places, report: Report): RawProject {
  const reader = new Reader(source, places, report);
  const folder = dirname(source.files[0] ?? '.');
  const lookup = reader.variables(source.envFiles, folder, (name) => source.environment[name]);
  const tree = reader.files(source.files, folder, lookup, []);
  return { ...tree, lookup, missing: reader.missing };
}

class Reader {
  readonly missing: MissingVariable[] = [];

  constructor(
    private readonly source: ComposeSource,
    private readonly places: Places,
    private readonly report: Report,
  ) {}

  /** The environment wins over files, and a later file over an earlier one. */
  variables(named: readonly string[], folder: string, environment: Lookup): Lookup {
    const paths = named.length > 0 ? named : [join(folder, '.env')];
    const found = new Map<string, string | undefined>();
    for (const path of paths) {
      const text = this.source.read(path);
      if (text === undefined && named.length > 0) this.absent(path, []);
      for (const [name, value] of readEnvFile(text ?? '', environment)) found.set(name, value);
    }
    return (name) => environment(name) ?? found.get(name);
  }

  /** @param includedBy files that are being read, against circles */
  files(paths: readonly string[], folder: string, lookup: Lookup, includedBy: readonly string[]): Tree {
    return paths.reduce<Tree>((tree, path) => {
      const file = this.open(path, []);
      return file ? this.add(tree, file, path, folder, lookup, includedBy) : tree;
    }, EMPTY);
  }

  open(path: string, from: Path): YamlFile | undefined {
    const text = this.source.read(path);
    if (text === undefined) {
      this.absent(path, from);
      return undefined;
    }
    const file = readYaml(text, path);
    if (isMistake(file)) {
      this.report.problem([], file.message, { file: path, line: file.line });
      return undefined;
    }
    this.places.add(file);
    return file;
  }

  private absent(path: string, from: Path): void {
    const message = `there is no file ${path} that can be read.`;
    if (from.length > 0) this.report.problem(from, message);
    else this.report.problem([], message, { file: path, line: 1 });
  }

  private add(
    tree: Tree,
    file: YamlFile,
    path: string,
    folder: string,
    lookup: Lookup,
    includedBy: readonly string[],
  ): Tree {
    const data = this.interpolated(file.data, lookup);
    const included = this.includes(data, folder, lookup, [...includedBy, path]);
    const before = joined(included, tree);
    const services = this.services(data, file, folder, lookup, before);
    const own = Object.fromEntries(
      TOP.map((key) => [key, key === 'services' ? services : fileEntries(this.mapping(data, key), folder)]),
    );
    const over = TOP.map((key) => [key, overlaid(before[key], mappingOf(own[key]), file.tags, [key])]);
    return { ...EMPTY, ...Object.fromEntries(over), name: textOf(field(data, 'name')) ?? before.name };
  }

  private services(data: Mapping, file: YamlFile, folder: string, lookup: Lookup, before: Tree): Mapping {
    const own = this.longServices(data, folder);
    const open = (path: string, from: Path) => {
      const other = this.open(path, from);
      if (!other) return undefined;
      const services = this.longServices(this.interpolated(other.data, lookup), dirname(path));
      return { services, tags: other.tags, folder: dirname(path) };
    };
    const home = { services: own, tags: file.tags, folder };
    return Object.fromEntries(
      Object.keys(own).map((name) => [
        name,
        extended(name, home, {
          name: file.name,
          fallback: before.services,
          open,
          problem: (path, message) => this.report.problem(path, message),
        }),
      ]),
    );
  }

  private longServices(data: Mapping, folder: string): Mapping {
    const problem = (path: Path, message: string): void => this.report.problem(path, message);
    return Object.fromEntries(
      entriesOf(this.mapping(data, 'services')).flatMap(([name, service]) => {
        const path = ['services', name];
        if (isMapping(service)) return [[name, longForm(service, path, { folder, problem })]];
        problem(path, 'a service is a mapping with keys such as image.');
        return [];
      }),
    );
  }

  private interpolated(data: Mapping, lookup: Lookup): Mapping {
    return mappingOf(
      interpolateTree(data, {
        lookup,
        missing: (found) => void this.missing.push(found),
        invalid: (path, message) => this.report.problem(path, message),
      }),
    );
  }

  private includes(data: Mapping, folder: string, lookup: Lookup, includedBy: readonly string[]): Tree {
    return listOf(field(data, 'include')).reduce<Tree>((tree, entry, i) => {
      const long = isMapping(entry) ? entry : { path: entry };
      const texts = (key: string) => listOf(field(long, key)).flatMap((one) => textOf(one) ?? []);
      const paths = texts('path').map((path) => normalize(join(folder, path)));
      const circle = paths.find((path) => includedBy.includes(path));
      if (circle !== undefined || paths.length === 0) {
        this.report.problem(
          ['include', i],
          circle === undefined ? 'no path is given.' : `${circle} includes itself.`,
        );
        return tree;
      }
      const own = textOf(field(long, 'project_directory'));
      const itsFolder = own === undefined ? dirname(paths[0] ?? '.') : normalize(join(folder, own));
      const envFiles = texts('env_file').map((path) => normalize(join(folder, path)));
      return joined(
        tree,
        this.files(paths, itsFolder, this.variables(envFiles, itsFolder, lookup), includedBy),
      );
    }, EMPTY);
  }

  private mapping(data: Mapping, key: string): Mapping {
    const value = field(data, key);
    if (value !== undefined && value !== null && !isMapping(value))
      this.report.problem([key], 'it must be a mapping of names.');
    return mappingOf(value);
  }
}

const mappingOf = (value: unknown): Mapping => (isMapping(value) ? value : {});

const joined = (base: Tree, over: Tree): Tree => ({
  ...EMPTY,
  ...Object.fromEntries(TOP.map((key) => [key, overlaid(base[key], over[key], new Map(), [key])])),
  name: over.name ?? base.name,
});
