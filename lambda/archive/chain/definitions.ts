import { FRAME_HEAD, isDefinition, u32At } from '../format/frames';

/** The Relation and Type messages of a segment, found as far as somebody asks; frames are looked at once if asked in order. */
export class Definitions {
  private at = 0;
  private latest = new Map<string, Uint8Array>();

  /** @param frames of a segment that was verified */
  constructor(private readonly frames: Uint8Array) {}

  /** @returns the latest message of each relation and type before this boundary of frames, in their order */
  before(offset: number): readonly Uint8Array[] {
    if (offset < this.at) {
      this.at = 0;
      this.latest = new Map();
    }
    while (this.at < offset) {
      const start = this.at + FRAME_HEAD;
      const end = start + u32At(this.frames, this.at);
      if (isDefinition(this.frames[start] ?? 0)) this.note(this.frames.subarray(start, end));
      this.at = end;
    }
    return [...this.latest.values()];
  }

  private note(message: Uint8Array): void {
    const key = `${message[0]} ${u32At(message, 1)}`;
    // Again at the end: a relation stays behind the types that it has.
    this.latest.delete(key);
    this.latest.set(key, message);
  }
}
