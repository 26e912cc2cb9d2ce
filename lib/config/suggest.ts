import { distance } from 'fastest-levenshtein';

const plain = (word: string): string => word.toLowerCase().replace(/[-_.\s]/g, '');

/**
 * What a misspelt word most likely means.
 * @returns the nearest candidate, or undefined if none is near enough to be worth saying
 */
export function likelyMeaning(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  const ranked = candidates
    .filter((candidate) => candidate !== word)
    .map((candidate) => ({ candidate, away: howFar(wanted, plain(candidate)) }))
    .filter(({ away }) => away <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.away - b.away);
  return ranked[0]?.candidate;
}

/** Number of edits; two letters in the wrong order, or a word cut short (`env`), count as one. */
function howFar(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const cut = short.length >= 3 && long.startsWith(short) ? 1 : Number.POSITIVE_INFINITY;
  const swapped = Array.from(
    { length: Math.max(0, a.length - 1) },
    (_, i) => 1 + distance(`${a.slice(0, i)}${a[i + 1]}${a[i]}${a.slice(i + 2)}`, b),
  );
  return Math.min(distance(a, b), cut, ...swapped);
}

/** ` did you mean x?`, or nothing; with a leading space. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = likelyMeaning(word, candidates);
  return meant === undefined ? '' : ` did you mean ${meant}?`;
}

/** `a, b or c` */
export function oneOf(words: readonly (string | number | boolean)[], joint = 'or'): string {
  const texts = words.map(String);
  if (texts.length < 2) return texts.join('');
  return `${texts.slice(0, -1).join(', ')} ${joint} ${texts[texts.length - 1]}`;
}

/** A sentence about a name that does not exist: what it may mean, and which there are. */
export function noSuch(kind: string, name: string, existing: readonly string[]): string {
  const there = existing.length > 0 ? `there are ${[...existing].sort().join(', ')}` : 'there is none';
  return `there is no ${kind} ${name};${didYouMean(name, existing)} ${there}.`;
}
