/**
 * Parts a command into words as Compose does: blanks part them, quotes and backslashes keep them together; nothing is
 * expanded.
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  const word = /\s*((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)/y;
  let end = 0;
  for (let match = word.exec(text); match; match = word.exec(text)) {
    words.push(unquoted(match[1] ?? ''));
    end = word.lastIndex;
  }
  // A quote that nothing closes: the rest is one word as it stands.
  const rest = text.slice(end).trim();
  return rest === '' ? words : [...words, rest];
}

const unquoted = (word: string): string =>
  word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single?: string, double?: string, one?: string) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? one ?? '',
  );

/** Writes words so that a shell reads them as the same words. */
export const quotedWords = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
