import type { Path, Problem } from '../problem';
import type { PlatformDocument } from '../schema/platform';

/** A problem that a rule has found. */
export interface Finding extends Problem {
  /** Other places that it rests on: it is dropped if one of them has a problem of its own. */
  readonly because?: readonly Path[];
}

/** What a rule sees. */
export interface RuleContext {
  readonly document: PlatformDocument;
  /** Names in the mapping at a path as written in the file, so also of those whose value is wrong. */
  declared(path: Path): readonly string[];
  /** The first of some places that is written in the file; the last one if none is. */
  written(...paths: readonly [Path, ...Path[]]): Path;
}

/** One thing that fields must keep together. It never throws. */
export type Rule = (context: RuleContext) => Iterable<Finding>;

export type ServiceDocument = PlatformDocument['services'][string];

/** A rule that is asked of each service by itself. */
export const eachService = (
  check: (service: ServiceDocument, path: Path, context: RuleContext, name: string) => Iterable<Finding>,
): Rule =>
  function* (context) {
    for (const [name, service] of Object.entries(context.document.services)) {
      yield* check(service, ['services', name], context, name);
    }
  };
