import type { FleetStatus } from '../../../lambda/region-agent/ports';
import type { Random } from './random';
import type { Scheduler } from './scheduler';

const SERVING = 4;
const STANDBY = 1;

/** The services of a region, as one: tasks take a while to start, if they can be started at all. */
export class Fleet {
  running: number;
  /** How many faults keep the application from answering, and new tasks from starting. */
  broken = 0;
  cannotStart = 0;

  constructor(
    private desired: number,
    private readonly scheduler: Scheduler,
    private readonly random: Random,
  ) {
    this.running = desired;
  }

  static leading(scheduler: Scheduler, random: Random): Fleet {
    return new Fleet(SERVING, scheduler, random);
  }

  static standing(scheduler: Scheduler, random: Random): Fleet {
    return new Fleet(STANDBY, scheduler, random);
  }

  get answers(): boolean {
    return this.running > 0 && this.broken === 0;
  }

  status(): FleetStatus {
    const { desired, running } = this;
    return { services: [{ name: 'web', desired, running, serving: SERVING, standby: STANDBY }] };
  }

  scaleUp(): void {
    this.scale(Math.max(this.desired, SERVING));
  }

  scaleDown(): void {
    this.scale(STANDBY);
  }

  close(): void {
    this.scale(0);
  }

  private scale(desired: number): void {
    if (desired === this.desired) return;
    this.desired = desired;
    this.scheduler.after(this.random.between(15_000, 45_000), () => {
      if (this.desired === desired && (desired < this.running || this.cannotStart === 0))
        this.running = desired;
    });
  }
}
