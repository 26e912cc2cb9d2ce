import { afterAll } from '@jest/globals';

/**
 * Makes `node:zlib` work at once. Its thread pool takes real time, which a clock that stands still knows nothing of. To be
 * imported before everything that imports `node:zlib`.
 */

type Done = (error: Error | null, result: Uint8Array) => void;
type AtOnce = (bytes: Uint8Array, options: object) => Uint8Array;

// The module itself, whose functions can be replaced, and not a copy of its names.
const zlib: Record<string, unknown> = require('node:zlib');
/** Those that this Node.js has. */
const NAMES = ['gzip', 'gunzip', 'zstdCompress', 'zstdDecompress'].filter((name) => name in zlib);

/** @returns works before it is asked for the result, which comes in a later turn */
const atOnce =
  (work: AtOnce) =>
  (bytes: Uint8Array, options: object, done: Done): void => {
    try {
      const result = work(bytes, options);
      process.nextTick(() => done(null, result));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      process.nextTick(() => done(failure, new Uint8Array()));
    }
  };

const before = NAMES.map((name) => [name, zlib[name]]);
for (const name of NAMES) {
  const sync = zlib[`${name}Sync`];
  if (typeof sync === 'function') zlib[name] = atOnce((bytes, options) => sync(bytes, options));
}
afterAll(() => {
  Object.assign(zlib, Object.fromEntries(before));
});
