const ELLIPSIS = '...';

/** @returns the text, or its beginning with three dots: at most `max` UTF-16 units, and no half of a character */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - ELLIPSIS.length).replace(/[\uD800-\uDBFF]$/, '')}${ELLIPSIS}`;
}
