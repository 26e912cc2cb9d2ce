import { HoldfastError } from '../runtime/errors';

/** Part of an archive is not as it was written. What it would say is never handed on. */
export class DamagedArchive extends HoldfastError {
  constructor(
    /** Of the object that is damaged or missing. */
    readonly key: string,
    /** What is wrong, as a sentence without its stop. */
    readonly what: string,
    options?: ErrorOptions,
  ) {
    super(`${key}: ${what}.`, options);
  }
}

/** An object is not a segment, or not the one that its key says, or not as it was written. */
export class CorruptSegment extends DamagedArchive {
  constructor(
    key: string,
    what: string,
    /** Byte of the object from which on it is wrong, or in whose section the damage is; undefined if nobody can tell. */
    readonly offset?: number,
    options?: ErrorOptions,
  ) {
    super(key, offset === undefined ? what : `${what} (at byte ${offset})`, options);
  }
}

/** A segment is not there, and a later one is. */
export class MissingSegment extends DamagedArchive {
  constructor(key: string, options?: ErrorOptions) {
    super(key, 'the segment is missing', options);
  }
}

/** A segment is intact, and does not follow from the one before. */
export class BrokenChain extends DamagedArchive {}
