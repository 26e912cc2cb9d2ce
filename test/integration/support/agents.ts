import type { AwsWorld } from '../../../lambda/region-agent/aws/world';
import type { World } from '../../../lambda/region-agent/ports';
import { run } from '../../../lambda/region-agent/run';
import type { Turn } from '../../../lambda/region-agent/turn';
import { type Clock, systemClock } from '../../../lambda/runtime/clock';
import { type Place, settingsOf } from './places';

/** Runs begin in this distance and last so long; a run begins no turn in its last 12 s. */
const EVERY_MS = 8_000;
const RUN_MS = 36_000;
const OVERLAP = 3;

/** Changes a world as a deliberate bug does. */
export type Wrap = (world: World) => World;

/** The agents of one region: several overlapping runs of the real code, each with a connection of its own. */
export class Agents {
  /** What they came to, oldest first. */
  readonly turns: Turn[] = [];
  readonly pages: string[] = [];
  private life = { ended: true };
  private readonly running = new Set<Promise<void>>();
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly place: Place,
    /** Makes the world of one run. */
    private readonly worldOf: () => AwsWorld,
    private readonly wrap: Wrap = (world) => world,
  ) {}

  /** The first runs begin at once and end one after the other, as if others had begun long ago. */
  start(): void {
    const life = { ended: false };
    this.life = life;
    for (let index = 0; index < OVERLAP; index += 1) this.begin(life, RUN_MS - index * EVERY_MS);
    this.timers = [setInterval(() => this.begin(life, RUN_MS), EVERY_MS)];
  }

  /** All of them die between two calls: whatever is under way arrives, and nothing follows it. */
  async kill(): Promise<void> {
    this.life.ended = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running);
  }

  /** Whether any of them has said something like it, or found that it failed. */
  said(pattern: RegExp): boolean {
    return this.turns.some(({ sentence, failures }) => pattern.test([sentence, ...failures].join(' ')));
  }

  private begin(life: { readonly ended: boolean }, milliseconds: number): void {
    const running = this.one(life, milliseconds).finally(() => this.running.delete(running));
    this.running.add(running);
  }

  private async one(life: { readonly ended: boolean }, milliseconds: number): Promise<void> {
    const world = this.worldOf();
    // A run that is past its time ends before its next turn.
    const clock: Clock = {
      ...systemClock,
      monotonic: () => (life.ended ? Number.POSITIVE_INFINITY : systemClock.monotonic()),
    };
    const deadline = systemClock.monotonic() + milliseconds;
    const reached = mortal(this.wrap(this.heard(world)), life);
    await run(reached, settingsOf(this.place), clock, deadline, (turn) => void this.turns.push(turn));
    await world.end().catch(() => undefined);
  }

  private heard(world: World): World {
    const page: World['pager']['page'] = (subject, sentence) => {
      this.pages.push(sentence);
      return world.pager.page(subject, sentence);
    };
    return { ...world, pager: { page } };
  }
}

/** A world that a dead agent reaches no more. */
function mortal(world: World, life: { readonly ended: boolean }): World {
  const alive =
    <A extends readonly unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      if (life.ended) throw new Error('The agent is dead.');
      return work(...given);
    };
  const { leadership, managed } = world;
  return {
    ...world,
    leadership: { read: alive(leadership.read), replace: alive(leadership.replace) },
    managed: managed && {
      rebuild: managed.rebuild,
      database: {
        observe: alive(managed.database.observe),
        renew: alive(managed.database.renew),
        open: alive(managed.database.open),
        close: alive(managed.database.close),
        endSessions: alive(managed.database.endSessions),
      },
      instance: { ...managed.instance, promote: alive(managed.instance.promote) },
    },
  };
}
