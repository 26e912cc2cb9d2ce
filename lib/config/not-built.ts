import type { Path } from './problem';
import { formatPath } from './problem';
import type { PlatformDocument } from './schema/platform';
import { valueAt } from './schema-walk';

/**
 * What a platform file can say and this version reads and checks, but does not build. Who builds a part deletes its
 * entry; a test finds keys that neither reach a template nor stand here.
 */
interface Entry {
  /** Place in the file, with everything below it; `*` stands for any name. */
  readonly path: string;
  /** @returns what is said of a place that the file fills, behind its path; undefined: nothing */
  readonly say: (document: PlatformDocument, place: Path) => string | undefined;
}

const notYet = (path: string, what: string): Entry => ({
  path,
  say: () => `read and checked; this version does not build ${what} yet.`,
});


/** Places in the file of which nothing, or not everything, is built; `*` stands for any name. */
export const NOT_BUILT_PATHS: readonly string[] = ENTRIES.map(({ path }) => path);

/** @returns one sentence for each thing in the file as written that is read and checked but not built */
export function notBuilt(document: PlatformDocument, data: unknown): string[] {
  return ENTRIES.flatMap(({ path, say }) =>
    placesOf(data, path.split('.')).flatMap((place) => {
      const text = say(document, place);
      return text === undefined ? [] : [`${formatPath(place)}: ${text}`];
    }),
  ).sort();
}

/** The places that a pattern means in the file, but for those that are switched off. */
function placesOf(data: unknown, pattern: readonly string[]): string[][] {
  return pattern
    .reduce<string[][]>(
      (places, part) =>
        places.flatMap((place) =>
          (part === '*' ? namesAt(data, place) : [part]).map((name) => [...place, name]),
        ),
      [[]],
    )
    .filter((place) => {
      const value = valueAt(data, place);
      return value !== undefined && value !== false;
    });
}

function namesAt(data: unknown, place: Path): string[] {
  const value = valueAt(data, place);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
