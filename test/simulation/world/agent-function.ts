import type { AgentSettings } from '../../../lambda/region-agent/contract';
import type { World } from '../../../lambda/region-agent/ports';
import { run } from '../../../lambda/region-agent/run';
import { sentenceOf } from '../../../lambda/runtime/errors';
import { portsOf } from './agent-ports';
import { Host } from './host';
import type { Random } from './random';
import type { Side } from './side';
import type { Simulation } from './simulation';

/** How the function is started and how long a run may last, in seconds. */
export interface Rhythm {
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
}

/** What a deliberate bug puts between the agent and its world. */
export type Wrap = (ports: World, host: Host, side: Side, simulation: Simulation) => World;

/** A start is not delivered later than this: the event's greatest age, in milliseconds. */
const EVENT_AGE_MS = 60_000;

/** The agent's function in one region: its schedule and its runs, of which several overlap. */
export class AgentFunction {
  readonly runs = new Set<Host>();
  /** How many seconds each run lasted that has ended. */
  readonly ended: number[] = [];
  missedShare = 0;
  lateShare = 0;
  doubledShare = 0;
  /** Probability that a run dies at the end of one of its calls. */
  deathShare = 0;
  /** Whether the start of that number, counted from the beginning of the history, is lost. */
  loses: (start: number) => boolean = () => false;
  private number = 0;
  private ticks = 0;

  constructor(
    private readonly side: Side,
    private readonly simulation: Simulation,
    private readonly random: Random,
    public settings: AgentSettings,
    public rhythm: Rhythm,
    private readonly wrap: Wrap,
  ) {}

  /** Begins as if the schedule had been running for long: with the runs of the last minutes under way. */
  begin(phaseMs: number): void {
    const { everySeconds, timeoutSeconds } = this.rhythm;
    for (let ago = everySeconds; ago < timeoutSeconds; ago += everySeconds) {
      this.start(timeoutSeconds - ago + phaseMs / 1000);
    }
    this.simulation.scheduler.after(phaseMs, () => this.tick());
  }

  killAll(): void {
    for (const host of [...this.runs]) host.kill();
  }

  private tick(): void {
    const { scheduler } = this.simulation;
    scheduler.after(this.rhythm.everySeconds * 1000, () => this.tick());
    this.ticks += 1;
    if (this.loses(this.ticks) || this.random.chance(this.missedShare)) {
      this.simulation.count('start missed');
      return;
    }
    if (this.random.chance(this.doubledShare)) {
      this.simulation.count('start doubled');
      this.start();
    }
    const lateMs = this.random.chance(this.lateShare) ? this.random.between(0, 1.5 * EVENT_AGE_MS) : 0;
    if (lateMs > 0) this.simulation.count('start late');
    if (lateMs <= EVENT_AGE_MS) scheduler.after(lateMs, () => this.start());
  }

  private start(seconds = this.rhythm.timeoutSeconds): void {
    const { side, simulation } = this;
    if (simulation.network.isDead(side.name) || side.agentBroken > 0) return;
    this.number += 1;
    const { scheduler, random } = simulation;
    const host = new Host(`${side.name}#${this.number}`, side.name, simulation, random.hosts);
    host.deathShare = this.deathShare;
    const begunMs = scheduler.now;
    host.onDeath = () => {
      this.runs.delete(host);
      this.ended.push((scheduler.now - begunMs) / 1000);
    };
    this.runs.add(host);
    // A process begins a little after its start, and is ended hard when its time is up.
    scheduler.after(this.random.between(100, 1_500), () => {
      if (host.alive) this.go(host, seconds);
    });
    scheduler.after(seconds * 1000 + 1_500, () => host.kill());
  }

  private go(host: Host, seconds: number): void {
    const { simulation, side } = this;
    const ports = this.wrap(portsOf(simulation, side, host), host, side, simulation);
    const deadline = host.clock.monotonic() + seconds * 1000;
    simulation.scheduler.woke();
    run(ports, this.settings, host.clock, deadline, (turn) => simulation.heard(side, host, turn)).then(
      () => host.kill(),
      (error) => simulation.unexpected(`A run of the agent in ${side.name} threw: ${sentenceOf(error)}`),
    );
  }
}
