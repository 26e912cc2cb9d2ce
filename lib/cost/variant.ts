import { stringify } from 'yaml';
import { parsePlatform } from '../config/load';
import type { Platform } from '../config/platform';
import { readSource } from '../config/source';

/** A change of one place of a platform file; without a value the place is taken away. */
export interface Edit {
  readonly path: readonly string[];
  readonly value?: string | number | boolean;
}

/**
 * What a platform file would say with changes; everything else stays as it is.
 * @param file as it is to appear in messages
 * @throws PlatformFileError if the changed file cannot be used
 */
export function variantOf(text: string, file: string, edits: readonly Edit[]): Platform {
  const data = edits.reduce((now, { path, value }) => edited(now, path, value), readSource(text, file).data);
  // Without anchors: a place that others refer to would change for them too.
  return parsePlatform(stringify(data, { aliasDuplicateObjects: false }), file);
}

function edited(data: unknown, [key, ...rest]: readonly string[], value: Edit['value']): unknown {
  if (key === undefined) return value;
  const mapping: Readonly<Record<string, unknown>> =
    typeof data === 'object' && data !== null ? { ...data } : {};
  const { [key]: old, ...others } = mapping;
  const changed = edited(old, rest, value);
  return changed === undefined ? others : { ...mapping, [key]: changed };
}
