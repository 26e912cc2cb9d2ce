import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { parse, stringify } from 'yaml';
import { loadPlatform, parsePlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import { buildPlatform } from '../../lib/stacks/build-platform';
import { scratchFolder } from './run/folder';
import { kept } from './run/kept';

export const ROOT = resolve(__dirname, '../..');

// aws-cdk-lib's own validation takes two seconds a synth; the strict synth of the CI runs it for every platform.
process.env.CDK_VALIDATION ??= 'false';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
  readonly Properties: Record<string, any>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: unknown }>;
  readonly Parameters?: Record<string, { readonly Type: string; readonly Default?: unknown }>;
  readonly Mappings?: Record<string, unknown>;
}

/** What a synth made: templates by stack name, in the order of deployment. */
export interface Synthesized {
  readonly assembly: CloudAssembly;
  readonly templates: ReadonlyMap<string, Template>;
  /** Template of the stack whose name ends so, for example `us-east-1-Data`. */
  stack(suffix: string): Template;
  /** All resources of a type in that stack, as [logical id, resource]. */
  resources(suffix: string, type: string): [string, Resource][];
  /** The only resource of a type in that stack; throws if there is none or more. */
  only(suffix: string, type: string): Resource;
}

const FLAGS = (
  JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> }
).context;

const platforms = new Map<string, Platform>();

/** One of the files under `platforms/`, read once per test file. */
export function platform(name: string): Platform {
  const known = platforms.get(name) ?? loadPlatform(name, { root: ROOT });
  platforms.set(name, known);
  return known;
}

/** The four systems that must run. */
export const SYSTEMS = ['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'] as const;

type Patch = { readonly [key: string]: unknown };

/**
 * One of the files under `platforms/` with changes.
 * @param patch laid over the file, mapping by mapping; a list replaces the list, `null` takes a key away
 */
export function variant(name: string, patch: Patch): Platform {
  const document = parse(readFileSync(join(ROOT, 'platforms', `${name}.yaml`), 'utf8')) as Patch;
  return parsePlatform(
    stringify(overlaid(document, patch), { aliasDuplicateObjects: false }),
    `${name}-variant.yaml`,
  );
}

const isMapping = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function overlaid(document: Patch, patch: Patch): Patch {
  const result: Record<string, unknown> = { ...document };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === null) delete result[key];
    else result[key] = isMapping(value) && isMapping(old) ? overlaid(old, value) : value;
  }
  return result;
}

/** A new app with the flags of `cdk.json`, without what only a person at the console reads. */
export const newApp = (outdir: string): App =>
  new App({ outdir, context: FLAGS, stackTraces: false, treeMetadata: false });

/** @returns an app for a few resources, which leaves nothing behind */
export const bareApp = (): App => newApp(scratchFolder('app'));

/** Builds and synthesizes a platform, once in a run of the tests: some of the files ask for the same one. */
export function synthesize(target: Platform): Synthesized {
  const directory = kept(JSON.stringify(target), (outdir) =>
    withShortTraces(() => {
      const app = newApp(outdir);
      buildPlatform(app, target);
      app.synth();
    }),
  );
  return read(new CloudAssembly(directory));
}

/**
 * The CDK notes where each resource is made: with the hundred frames that Jest keeps, and looks up in the source maps, a
 * third of the time goes there.
 */
function withShortTraces(work: () => void): void {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 2;
  Reflect.set(Error, 'prepareStackTrace', undefined);
  try {
    work();
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  }
}

function read(assembly: CloudAssembly): Synthesized {
  // A platform without data has a Data stack without resources; the CDK skips it.
  const templates = new Map(
    assembly.stacks.map((stack) => [stack.stackName, { Resources: {}, ...stack.template } as Template]),
  );
  const stack = (suffix: string): Template => {
    const found = [...templates].filter(([name]) => name.endsWith(suffix));
    const [only] = found;
    if (!only || found.length > 1)
      throw new Error(`${found.length} stacks end in ${suffix}: ${[...templates.keys()].join(', ')}`);
    return only[1];
  };
  const resources = (suffix: string, type: string): [string, Resource][] =>
    Object.entries(stack(suffix).Resources).filter(([, resource]) => resource.Type === type);
  const only = (suffix: string, type: string): Resource => {
    const found = resources(suffix, type);
    const [first] = found;
    if (!first || found.length > 1) throw new Error(`${found.length} resources of type ${type} in ${suffix}`);
    return first[1];
  };
  return { assembly, templates, stack, resources, only };
}

const synths = new Map<string, Synthesized>();

/** The synth of one of the files under `platforms/`, once per test file. */
export function synthesized(name: string): Synthesized {
  const known = synths.get(name) ?? synthesize(platform(name));
  synths.set(name, known);
  return known;
}
