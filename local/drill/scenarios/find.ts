import { existsSync } from 'node:fs';
import { noSuch } from '../../../lib/config/suggest';
import { placeOf, type Surroundings, UsageError } from '../../command-line';
import type { Scenario } from '../scenario';
import { SCENARIOS } from '.';

const FILE = /[/\\]|\.[cm]?[jt]s$/;

/**
 * @param name of a scenario, or the path of a file that exports one
 * @throws UsageError if there is none
 */
export function findScenario(name: string, around: Surroundings): Scenario {
  if (FILE.test(name)) return fromFile(placeOf(name, around));
  const found = SCENARIOS.find((one) => one.name === name);
  if (found) return found;
  throw unknown(
    'scenario',
    name,
    SCENARIOS.map((one) => one.name),
  );
}

/** @returns the error for a name that does not exist */
export function unknown(kind: string, name: string, existing: readonly string[]): UsageError {
  const sentence = noSuch(kind, name, existing);
  return new UsageError(sentence.charAt(0).toUpperCase() + sentence.slice(1));
}

function fromFile(path: string): Scenario {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  const exported: unknown = require(path);
  const values: unknown[] = typeof exported === 'object' && exported !== null ? Object.values(exported) : [];
  const found = values.find(isScenario);
  if (!found) throw new UsageError(`${path} exports no scenario: { name, says, steps, expect }.`);
  return found;
}

const isScenario = (value: unknown): value is Scenario =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'says' in value &&
  typeof value.says === 'string' &&
  'steps' in value &&
  typeof value.steps === 'function' &&
  'expect' in value &&
  Array.isArray(value.expect);
