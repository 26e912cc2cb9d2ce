/** Where something is in a platform file: keys and, in lists, positions. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a platform file. */
export interface Problem {
  readonly path: Path;
  /** What is wrong, with the value and what is allowed. */
  readonly message: string;
}

/** `services.web.routes[0].paths`, as a person would write it; a key with a dot in it in brackets. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return i === 0 ? part : `.${part}`;
    })
    .join('');
}

/** Whether `path` is `prefix` or lies inside it. */
export function isWithin(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((part, i) => String(part) === String(path[i]));
}

/** A platform file that cannot be used; the message lists everything that is wrong with it, one line each. */
export class PlatformFileError extends Error {
  override readonly name = 'PlatformFileError';
  /** @param lines one problem each, `file:line: path: message` */
  constructor(
    readonly file: string,
    readonly lines: readonly string[],
  ) {
    super(lines.join('\n'));
  }
}
