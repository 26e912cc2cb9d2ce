import type { Clock } from '../../lambda/runtime/clock';
import type { Entry } from '../../lib/drill/model';
import type { Lane, Segment, State } from '../../lib/drill/report/lanes';

/** What happens in a drill, as it becomes known: sentences, and how things are over time. */
export class Course {
  readonly entries: Entry[] = [];
  readonly beganMs: number;
  private readonly known = new Map<string, Segment[]>();

  /** @param tell gets each sentence at once */
  constructor(
    private readonly clock: Clock,
    private readonly tell: (sentence: string) => void,
  ) {
    this.beganMs = clock.now();
  }

  /** @param who whose sentence it is: `promotion`, `restore`, `switchover`, `drill` */
  note(who: string, sentence: string): void {
    this.entries.push({ atMs: this.clock.now(), who, sentence });
    this.tell(sentence);
  }

  /** Says how a thing is from now on; what it was before ends now. @returns whether it was otherwise before */
  state(thing: string, { kind, words }: State): boolean {
    const segments = this.known.get(thing) ?? [];
    const last = segments.at(-1);
    if (last && last.words === words && last.untilMs === Number.POSITIVE_INFINITY) return false;
    this.end(thing);
    segments.push({ kind, words, fromMs: this.clock.now(), untilMs: Number.POSITIVE_INFINITY });
    this.known.set(thing, segments);
    return true;
  }

  /** A thing is gone, or nobody looks at it any more. */
  end(thing: string): void {
    const segments = this.known.get(thing);
    const last = segments?.at(-1);
    if (segments && last?.untilMs === Number.POSITIVE_INFINITY)
      segments[segments.length - 1] = { ...last, untilMs: this.clock.now() };
  }

  /** @returns how each thing was until now */
  lanes(): readonly Lane[] {
    const now = this.clock.now();
    return [...this.known].map(([name, segments]) => ({
      name,
      segments: segments.map((one) => ({ ...one, untilMs: Math.min(one.untilMs, now) })),
    }));
  }
}
