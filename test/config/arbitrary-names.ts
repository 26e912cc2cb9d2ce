import fc from 'fast-check';

/** A name as the schema wants it, of at most `max` characters. */
export const slugs = (max: number): fc.Arbitrary<string> =>
  fc
    .stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z][a-z0-9]{0,5})?$/)
    .map((text) => text.slice(0, max).replace(/-$/, ''));
