/** A rectangle on the picture, in its own units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Attributes = Readonly<Record<string, string | number>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (one) => ESCAPES[one] ?? one);

/** Two digits behind the point are enough for any screen, and keep the file small. */
export const coordinate = (value: number): string => String(Number(value.toFixed(2)));

const written = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? coordinate(value) : escaped(value)}"`)
    .join('');

export const element = (name: string, attributes: Attributes, ...content: readonly string[]): string =>
  content.length === 0
    ? `<${name}${written(attributes)}/>`
    : `<${name}${written(attributes)}>${content.join('')}</${name}>`;

export const text = (
  at: { readonly x: number; readonly y: number },
  content: string,
  attributes: Attributes = {},
): string => element('text', { ...at, ...attributes }, escaped(content));

/** Mean width of a letter, as a part of the size of the font. */
const LETTER = 0.56;

/** @returns the text, cut where it would not fit any more */
export function fitting(content: string, width: number, size: number): string {
  const letters = Math.floor(width / (size * LETTER));
  return content.length <= letters ? content : `${content.slice(0, Math.max(1, letters - 1))}…`;
}
export const widthOf = (content: string, size: number): number => content.length * size * LETTER;
