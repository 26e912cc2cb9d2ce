import { formatPath, type Path } from '../config/problem';
import type { Places } from './read/places';

/**
 * What became of something in a Compose file: it has no counterpart; the file does not say what is needed, so it was
 * guessed; it became something else; or a person has to give it.
 */
export type RemarkKind = 'not carried over' | 'guessed' | 'changed' | 'to do';

/** One thing that the import could not carry over as it stands. It never holds a value of a secret. */
export interface Remark {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** For example `services.web.ports`. */
  readonly path: string;
  readonly kind: RemarkKind;
  readonly what: string;
  readonly why: string;
  /** What a person should do; empty if nothing. */
  readonly todo: string;
}

/** Something that keeps Compose files from being imported at all. */
export interface ComposeProblem {
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

const place = ({ file, line, path }: Remark | ComposeProblem): string =>
  path === '' ? `${file}:${line}` : `${file}:${line}: ${path}`;

/** @returns `file:line: path: kind: what: why todo`, in one line */
export const remarkLine = (remark: Remark): string =>
  `${place(remark)}: ${remark.kind}: ${remark.what}: ${remark.why}${remark.todo === '' ? '' : ` ${remark.todo}`}`;

/** @returns `file:line: path: message`, in one line */
export const problemLine = (problem: ComposeProblem): string => `${place(problem)}: ${problem.message}`;

/** Gathers what is said about Compose files while they are read and translated. */
export class Report {
  readonly #places: Places;
  readonly #remarks: Remark[] = [];
  readonly #problems: ComposeProblem[] = [];

  constructor(places: Places) {
    this.#places = places;
  }

  /** It has no counterpart. */
  lost(path: Path, what: string, why: string, todo = ''): void {
    this.#remark('not carried over', path, what, why, todo);
  }

  /** The files do not say it. */
  guessed(path: Path, what: string, why: string, todo = ''): void {
    this.#remark('guessed', path, what, why, todo);
  }

  /** It became something else. */
  changed(path: Path, what: string, why: string, todo = ''): void {
    this.#remark('changed', path, what, why, todo);
  }

  /** A person has to give it. */
  toDo(path: Path, what: string, why: string, todo = ''): void {
    this.#remark('to do', path, what, why, todo);
  }

  /** The files cannot be imported as they are. */
  problem(path: Path, message: string, at: { file: string; line: number } = this.#places.at(path)): void {
    const problem = { file: at.file, line: at.line, path: formatPath(path), message: oneLine(message) };
    if (!this.#problems.some((known) => problemLine(known) === problemLine(problem)))
      this.#problems.push(problem);
  }

  /** By file in the order of reading, and by line. */
  get remarks(): readonly Remark[] {
    return together(inOrder(this.#remarks, this.#places));
  }

  /** As `remarks`. */
  get problems(): readonly ComposeProblem[] {
    return inOrder(this.#problems, this.#places);
  }

  #remark(kind: RemarkKind, path: Path, what: string, why: string, todo: string): void {
    const { file, line } = this.#places.at(path);
    const remark = {
      file,
      line,
      path: formatPath(path),
      kind,
      what: oneLine(what),
      why: oneLine(why),
      todo: oneLine(todo),
    };
    if (!this.#remarks.some((known) => remarkLine(known) === remarkLine(remark))) this.#remarks.push(remark);
  }
}

/** What came from a file may hold line breaks; a remark is one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What services take over from one place (an anchor) is said once, with the others named. */
function together(remarks: readonly Remark[]): Remark[] {
  const groups = new Map<string, Remark[]>();
  for (const remark of remarks) {
    const [top, , ...rest] = remark.path.split('.');
    const place = top === 'services' && rest.length > 0 ? `services.*.${rest.join('.')}` : remark.path;
    const key = remarkLine({ ...remark, path: place });
    groups.set(key, [...(groups.get(key) ?? []), remark]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    const names = others.map(({ path }) => path.split('.')[1]);
    return { ...first, what: `${first.what} (also of ${names.join(', ')})` };
  });
}

function inOrder<T extends { file: string; line: number }>(all: readonly T[], places: Places): T[] {
  const rank = ({ file }: T) => places.rank(file);
  return all
    .map((one, order) => ({ one, order }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.one.line - b.one.line || a.order - b.order)
    .map(({ one }) => one);
}
