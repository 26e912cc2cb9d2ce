import { KIND } from '../../archive/format/frames';
import { decode } from '../../archive/pgoutput/decode';
import { HoldfastError } from '../../runtime/errors';
import type { SegmentBuffer } from './buffer';

/** A change is of a relation that the server has not described in this session. */
export class UndescribedRelation extends HoldfastError {
  constructor(readonly relation: number) {
    super(`The server sent a change of relation ${relation}, which it has not described.`);
  }
}

interface Description {
  readonly raw: Buffer;
  /** Types of its columns. */
  readonly types: readonly number[];
}

/**
 * What the server has said of relations and types in this session. It says it once, and again after a change; a segment
 * must say it for itself, before the first change that needs it.
 */
export class Definitions {
  readonly #relations = new Map<number, Description>();
  readonly #types = new Map<number, Buffer>();
  /** Relations and types that the segment at hand has in their latest form. */
  readonly #written = new Set<number>();
  readonly #writtenTypes = new Set<number>();

  /** Takes a Relation or Type message in; it is written where it is needed. */
  learn(kind: number, message: Uint8Array): void {
    const raw = Buffer.from(message);
    const decoded = decode(raw);
    if (kind === KIND.relation && decoded.kind === 'relation') {
      if (this.#relations.get(decoded.id)?.raw.equals(raw)) return;
      this.#relations.set(decoded.id, { raw, types: decoded.columns.map(({ type }) => type) });
      this.#written.delete(decoded.id);
    } else if (decoded.kind === 'type') {
      if (this.#types.get(decoded.id)?.equals(raw)) return;
      this.#types.set(decoded.id, raw);
      this.#writtenTypes.delete(decoded.id);
    }
  }

  /** Whether the segment describes the relation. */
  has(relation: number): boolean {
    return this.#written.has(relation);
  }

  /**
   * Describes a relation in the segment, and the types of its columns.
   * @throws {UndescribedRelation}
   */
  write(relation: number, into: SegmentBuffer): void {
    const found = this.#relations.get(relation);
    if (!found) throw new UndescribedRelation(relation);
    for (const type of found.types) {
      const raw = this.#types.get(type);
      if (!raw || this.#writtenTypes.has(type)) continue;
      into.append(raw, 0, raw.length);
      this.#writtenTypes.add(type);
    }
    into.append(found.raw, 0, found.raw.length);
    this.#written.add(relation);
  }

  /** The next segment begins. */
  forgetWritten(): void {
    this.#written.clear();
    this.#writtenTypes.clear();
  }
}
