import { parse } from 'yaml';
import { differs, type Properties, type ResourceChange } from './rule';

/** The difference of two templates, resource by resource. */

interface Resource {
  readonly type: string;
  readonly properties: Properties;
  /** Everything else that is said of it: policies, conditions, dependencies. */
  readonly rest: Properties;
}

/**
 * @param before template that is deployed, undefined if none is
 * @param after template that is planned
 * @returns what differs; a resource whose type differs goes and comes
 */
export function changesBetween(before: Properties | undefined, after: Properties): ResourceChange[] {
  const old = resourcesOf(before ?? {});
  const next = resourcesOf(after);
  const ids = [...new Set([...old.keys(), ...next.keys()])].sort();
  return ids.flatMap((logicalId) => changeOf(logicalId, old.get(logicalId), next.get(logicalId)));
}

function changeOf(
  logicalId: string,
  before: Resource | undefined,
  after: Resource | undefined,
): ResourceChange[] {
  if (before && after && before.type === after.type) {
    if (!differs(before, after)) return [];
    return [{ logicalId, type: after.type, before: before.properties, after: after.properties }];
  }
  return [
    ...(before ? [{ logicalId, type: before.type, before: before.properties, after: undefined }] : []),
    ...(after ? [{ logicalId, type: after.type, before: undefined, after: after.properties }] : []),
  ];
}

/** What aws-cdk writes about itself changes with every version and changes nothing. */
const IGNORED_TYPES = new Set(['AWS::CDK::Metadata']);

function resourcesOf(template: Properties): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  for (const [logicalId, one] of Object.entries(mapping(template.Resources))) {
    const { Type, Properties: properties, Metadata: _, ...rest } = mapping(one);
    if (typeof Type !== 'string' || IGNORED_TYPES.has(Type)) continue;
    found.set(logicalId, { type: Type, properties: mapping(properties), rest });
  }
  return found;
}

/** @returns the value if it is a mapping, else an empty one */
export const mapping = (value: unknown): Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/**
 * Reads a template, JSON or YAML. CloudFormation's short forms (`!Ref X`) become their plain value: what is compared is
 * whether two templates say the same.
 * @throws if it is neither
 */
export const parseTemplate = (text: string): Properties =>
  mapping(json(text) ?? parse(text, { logLevel: 'silent' }));

/** JSON is YAML too, but read as YAML a large template takes most of a second. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
