/**
 * What a function wrote into its log.
 * @returns the fields of a line; undefined if it is one of Lambda itself
 */
export function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // In its plain format Lambda puts time, request and level before what a function writes.
    const value: unknown = JSON.parse(line.slice(line.indexOf('{')));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Lambda's own lines are no JSON.
    return undefined;
  }
}
