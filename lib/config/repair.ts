import type { z } from 'zod';
import { explainIssue, pathOf, unfold } from './explain';
import { isWithin, type Path, type Problem } from './problem';
import { type PlatformDocument, platformSchema } from './schema/platform';
import { valueAt } from './schema-walk';

/**
 * A file with an error of the schema cannot be read as a whole, but its other parts can: so that all problems are
 * reported at once, what is wrong is taken out or replaced, and the rules run on what remains. They are told which
 * places were touched, and draw no conclusion from these.
 */
export interface Readable {
  /** Undefined if too little is left to run rules on. */
  readonly document: PlatformDocument | undefined;
  readonly problems: readonly Problem[];
  readonly damaged: readonly Path[];
}

/** Stand-ins for what a file cannot do without. */
const region = (name: string, cidr: string) => ({ name, zones: [`${name}a`, `${name}b`, `${name}c`], cidr });
const STAND_INS = {
  name: 'unnamed',
  account: '000000000000',
  regions: {
    home: region('us-east-1', '10.0.0.0/16'),
    standby: region('us-west-2', '10.1.0.0/16'),
    witness: { name: 'us-east-2' },
  },
  domain: { name: 'unnamed.example', hostedZone: { id: 'Z00000000', name: 'unnamed.example' } },
  services: {},
};
const STAND_IN_IMAGE = 'unnamed:0';

/** Each round takes out at least one thing; a file nested deeper than this has other problems. */
const MAX_ROUNDS = 30;

/** Reads what can be read of the data of a platform file. */
export function readDocument(data: unknown): Readable {
  const first = platformSchema.safeParse(data);
  if (first.success) return { document: first.data, problems: [], damaged: [] };
  const found = first.error.issues.flatMap(unfold);
  const explained = found.map((issue) => explainIssue(platformSchema, data, issue));
  const damaged: Path[] = explained.flatMap((e) => [...e.damaged]);
  const meant = explained.flatMap((e) => [...(e.meant ?? [])]);
  const problems = explained
    .flatMap((e) => [...e.problems])
    .filter(({ path }) => valueAt(data, path) !== undefined || !meant.some((m) => isWithin(path, m)));
  const rest = structuredClone(data);
  let issues: readonly z.core.$ZodIssue[] = found;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const issue of issues) damaged.push(...repair(rest, issue));
    const again = platformSchema.safeParse(rest);
    if (again.success) return { document: again.data, problems, damaged };
    issues = again.error.issues.flatMap(unfold);
  }
  return { document: undefined, problems, damaged };
}

/** @returns the places it changed */
function repair(data: unknown, issue: z.core.$ZodIssue): Path[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [...path, key]);
    for (const key of keys) remove(data, key);
    return keys;
  }
  const target = withoutPosition(issue.code === 'invalid_union' ? path.slice(0, -1) : path);
  if (target.length === 0) return [];
  const standIn = standInFor(target);
  if (standIn !== undefined) set(data, target, standIn);
  else if (valueAt(data, target) !== undefined) remove(data, target);
  else return repairParent(data, target);
  return [target];
}

/** Something necessary is missing: what needs it goes too. */
function repairParent(data: unknown, path: Path): Path[] {
  const parent = withoutPosition(path.slice(0, -1));
  if (parent.length === 0) return [];
  remove(data, parent);
  return [parent];
}

/** Elements of lists are not taken out one by one: that would move the positions of the others. */
function withoutPosition(path: Path): Path {
  return typeof path[path.length - 1] === 'number' ? withoutPosition(path.slice(0, -1)) : path;
}

function standInFor(path: Path): unknown {
  if (path.length === 3 && path[0] === 'services' && path[2] === 'image') return STAND_IN_IMAGE;
  return structuredClone(valueAt(STAND_INS, path));
}

function container(data: unknown, path: Path): Record<string | number, unknown> | undefined {
  const parent = valueAt(data, path.slice(0, -1));
  return typeof parent === 'object' && parent !== null
    ? (parent as Record<string | number, unknown>)
    : undefined;
}

function remove(data: unknown, path: Path): void {
  const parent = container(data, path);
  const key = path[path.length - 1];
  if (parent && key !== undefined) delete parent[key];
}

function set(data: unknown, path: Path, value: unknown): void {
  const parent = container(data, path);
  const key = path[path.length - 1];
  if (parent && key !== undefined) parent[key] = value;
}
