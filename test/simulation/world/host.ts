import { HoldfastError } from '../../../lambda/runtime/errors';
import { HostClock } from './host-clock';
import type { Network } from './network';
import type { Place } from './places';
import type { Random } from './random';
import type { Scheduler } from './scheduler';

/** No answer came in time; what the call did is unknown to the caller. */
export class NoAnswer extends HoldfastError {
  constructor(what: string, seconds: number) {
    super(`${what} gave no answer within ${seconds} s.`);
  }
}

/** What a host calls. */
export interface Service {
  readonly name: string;
  readonly place: Place;
  /** How long a caller waits for its answer, in milliseconds. */
  readonly deadlineMs: number;
  /** How long the service takes, in milliseconds; Infinity if a call is never answered, even though it is done. */
  workMs(): number;
  /** The service does nothing before this instant; what was sent meanwhile is done then. */
  busyUntil(): number;
}

/** What hosts need of the world. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly network: Network;
}

/**
 * One process of a function. It can die between any two steps and be frozen in between: each call and each sleep ends
 * through here, so that after its death nothing of it goes on.
 */
export class Host {
  alive = true;
  frozenUntil = 0;
  readonly clock: HostClock;
  /** Probability of dying at the end of each call. */
  deathShare = 0;
  onDeath: () => void = () => undefined;

  constructor(
    readonly name: string,
    readonly place: Place,
    private readonly around: Surroundings,
    private readonly random: Random,
  ) {
    this.clock = new HostClock(around.scheduler, this, random.between(-800, 800), random.between(-150, 150));
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    this.onDeath();
  }

  /**
   * Sends a request; `serve` runs at the service when it arrives, if it arrives.
   * @returns what `serve` returns
   * @throws what `serve` throws
   * @throws {NoAnswer} after the deadline
   */
  call<T>(service: Service, serve: () => T): Promise<T> {
    const { scheduler, network } = this.around;
    return new Promise<T>((resolve, reject) => {
      let over = false;
      const finish = (settle: () => void): void => {
        if (over) return;
        over = true;
        this.settle(settle);
      };
      const expire = (): void => {
        finish(() => reject(new NoAnswer(service.name, service.deadlineMs / 1000)));
      };
      if (network.loses(this.place, service.place)) {
        scheduler.after(service.deadlineMs, expire);
        return;
      }
      const sent = scheduler.now;
      const arrive = (): void => {
        if (network.isDead(service.place)) return void scheduler.at(sent + service.deadlineMs, expire);
        const busyUntil = service.busyUntil();
        if (busyUntil > scheduler.now) {
          if (sent + service.deadlineMs < busyUntil) scheduler.at(sent + service.deadlineMs, expire);
          if (busyUntil < Number.POSITIVE_INFINITY) scheduler.at(busyUntil, arrive);
          return;
        }
        const reply = outcomeOf(serve, resolve, reject);
        const back = scheduler.now + service.workMs() + network.delay(service.place, this.place);
        const lost = network.loses(service.place, this.place) || back > sent + service.deadlineMs;
        if (lost) scheduler.at(sent + service.deadlineMs, expire);
        else scheduler.at(back, () => finish(reply));
      };
      const there = network.delay(this.place, service.place);
      if (there > service.deadlineMs) scheduler.at(sent + service.deadlineMs, expire);
      scheduler.after(there, arrive);
    });
  }

  /** Hands an answer to the process, unless it has died; a frozen one gets it when it goes on. */
  private settle(settle: () => void): void {
    const { scheduler } = this.around;
    if (!this.alive) return;
    if (this.random.chance(this.deathShare)) {
      this.kill();
      return;
    }
    if (this.frozenUntil > scheduler.now) {
      scheduler.at(this.frozenUntil, () => this.settle(settle));
      return;
    }
    scheduler.woke();
    settle();
  }
}

function outcomeOf<T>(
  serve: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): () => void {
  try {
    const value = serve();
    return () => resolve(value);
  } catch (error) {
    return () => reject(error);
  }
}
