import { HoldfastError } from './errors';

/** What a handler passes in: `process.env`, which only handlers read. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The construct of the function did not set what its contract demands. */
export class MissingEnvironment extends HoldfastError {
  constructor(readonly variables: readonly string[]) {
    const many = variables.length > 1;
    super(`The function's environment lacks the variable${many ? 's' : ''} ${variables.join(', ')}.`);
  }
}

/**
 * @param names key in the result -> name of the variable
 * @returns the value of each variable
 * @throws {MissingEnvironment} naming all that are absent or empty
 */
export function required<K extends string>(
  environment: Environment,
  names: Readonly<Record<K, string>>,
): Readonly<Record<K, string>> {
  const values: [string, string][] = [];
  const missing: string[] = [];
  for (const [key, name] of Object.entries<string>(names)) {
    const value = environment[name];
    if (value) values.push([key, value]);
    else missing.push(name);
  }
  if (missing.length > 0) throw new MissingEnvironment(missing);
  return Object.fromEntries(values) as Record<K, string>;
}

/** @returns the parts of a comma-separated variable, without blanks and empty parts */
export function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
