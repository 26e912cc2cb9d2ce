import { BadProperties, type RawProperties } from './custom-resource';

/** @throws {BadProperties} unless the property is a text with at least one character */
export function text(properties: RawProperties, name: string): string {
  const value = properties[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new BadProperties(name, 'a text', value);
}

/** @throws {BadProperties} unless the property is a list of texts, not empty */
export function texts(properties: RawProperties, name: string): readonly string[] {
  const value: unknown = properties[name];
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one)) {
    return value as string[];
  }
  throw new BadProperties(name, 'a list of texts', value);
}

/**
 * CloudFormation turns numbers into texts.
 * @throws {BadProperties} unless the property is a whole number of at least `min`
 */
export function wholeNumber(properties: RawProperties, name: string, min: number): number {
  const value = properties[name];
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= min) return number;
  throw new BadProperties(name, `a whole number of at least ${min}`, value);
}
