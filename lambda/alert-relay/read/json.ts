/** Reading of JSON that others have written: what is not as expected is absent, and no reason to lose a message. */

export type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns undefined unless the text is a JSON object */
export function parseObject(text: string): Json | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(parsed) ? parsed : undefined;
}

/** @returns the object of that name; an empty one if there is none */
export function objectIn(json: Json, name: string): Json {
  const value = json[name];
  return isObject(value) ? value : {};
}

/** @returns the objects in the list of that name; none if there is no list */
export function objectsIn(json: Json, name: string): readonly Json[] {
  const value = json[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** @returns the text of that name; undefined if there is none, or an empty one */
export function textIn(json: Json, name: string): string | undefined {
  const value = json[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** @returns the number of that name; 0 if there is none */
export function numberIn(json: Json, name: string): number {
  const value = json[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/**
 * @param text ISO 8601; CloudWatch writes the zone without a colon
 * @returns in UTC without fractions of a second, `2026-11-21T08:42:00Z`; undefined if it is no time
 */
export function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** @returns the text if it is an address on the web that can be opened from anywhere */
export function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\/[^\s/]+\.[^\s]+$/.test(text) ? text : undefined;
}
