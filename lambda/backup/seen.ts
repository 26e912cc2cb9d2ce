import { sentenceOf } from '../runtime/errors';

/** Something that was looked at: what it is, or why that is not known. */
export type Seen<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

/** Looks at something. An error is an answer: that it is not known, and why. */
export async function look<T>(work: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { known: true, value: await work() };
  } catch (error) {
    return { known: false, why: sentenceOf(error) };
  }
}

/** @returns why things are not known, one sentence each */
export const reasons = (...things: readonly Seen<unknown>[]): readonly string[] =>
  things.flatMap((thing) => (thing.known ? [] : [thing.why]));
