import fc from 'fast-check';

// Made once: fast-check takes the expression apart each time, which costs more than all else that these tests do.
const NAME = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z][a-z0-9]{0,5})?$/);

/** A name as the schema wants it, of at most `max` characters. */
export const slugs = (max: number): fc.Arbitrary<string> =>
  NAME.map((text) => text.slice(0, max).replace(/-$/, ''));
