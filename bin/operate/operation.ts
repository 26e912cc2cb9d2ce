import type { LeadershipRecord } from '../../lambda/leader/record';
import { OutcomeUnknown } from '../../lambda/leader/replace';
import { IllegalTransition } from '../../lambda/leader/transitions';
import type { Clock } from '../../lambda/runtime/clock';
import { sentenceOf } from '../../lambda/runtime/errors';
import type { Platform } from '../../lib/config/platform';
import type { Terminal } from '../commands/terminal';
import { costOfForce } from './cost';
import { explain } from './failures';
import { filesObstacle } from './files-obstacle';
import { type Event, follow } from './follow';
import { obstacle } from './outlook';
import { type Plan, plan, type Request } from './plan';
import type { OperatorPorts } from './ports';
import { leading, lookAt } from './situation';

/** The agents renew the record every few seconds: a write that comes second is planned again, so many times. */
const WRITES_MAX = 8;

/** How an operator wants a request to be carried out. */
export interface Manner {
  readonly json: boolean;
  readonly dryRun: boolean;
  /** Whether to follow the operation to its end. */
  readonly waits: boolean;
  /** Whether a person has agreed beforehand. */
  readonly agreed: boolean;
  readonly clock: Clock;
  /** Ends the wait. */
  readonly stop: AbortSignal;
  /** Gets each event as it comes: for a command of which this operation is a part. */
  readonly told?: (event: Event) => void;
}

export type Outcome = 'done' | 'started' | 'would' | 'refused' | 'failed' | 'unknown';

/** What became of a request; `--json` prints it. */
export interface Result {
  readonly outcome: Outcome;
  readonly sentence: string;
  readonly events: readonly Event[];
}

/** Carries out one request, and tells it on the terminal. Throws only for mistakes of its own. */
export async function operate(
  platform: Platform,
  request: Request,
  ports: OperatorPorts,
  terminal: Terminal,
  manner: Manner,
): Promise<Result> {
  const events: Event[] = [];
  const tell = (event: Event): void => {
    events.push(event);
    manner.told?.(event);
    if (!manner.json) terminal.out(`${String(event.seconds).padStart(6)} s  ${event.sentence}\n`);
  };
  const say = (sentence: string): void => {
    if (!manner.json) terminal.out(`${sentence}\n`);
  };
  const ended = await new Run(platform, request, ports, terminal, manner, say, tell).go();
  const { outcome } = ended;
  const sentence = `${platform.name}: ${LEADS[outcome]}${ended.sentence}`;
  const result = { outcome, sentence: ended.sentence, events };
  if (manner.json) {
    const { command } = request;
    const report = { platform: platform.name, command, dryRun: manner.dryRun, ...result };
    terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  } else terminal.out(`${sentence}\n`);
  return result;
}

const LEADS: Readonly<Record<Outcome, string>> = {
  done: 'done. ',
  started: 'begun. ',
  would: 'nothing was changed. ',
  refused: 'refused. ',
  failed: 'failed: ',
  unknown: 'outcome unknown. ',
};

type Ended = Omit<Result, 'events'>;

class Run {
  constructor(
    private readonly platform: Platform,
    private request: Request,
    private readonly ports: OperatorPorts,
    private readonly terminal: Terminal,
    private readonly manner: Manner,
    private readonly say: (sentence: string) => void,
    private readonly tell: (event: Event) => void,
  ) {}

  async go(): Promise<Ended> {
    let record: LeadershipRecord | undefined;
    try {
      record = await this.ports.leadership.read();
    } catch (error) {
      return { outcome: 'failed', sentence: `nothing was changed. ${explain(error)}` };
    }
    if (!record) {
      return {
        outcome: 'refused',
        sentence: 'The leadership table holds no record; see npx holdfast status.',
      };
    }
    if (this.request.command === 'failback') this.request = await this.withReplica(record);
    const first = plan(this.platform, record, this.request);
    if (first.step !== 'write') return this.without(first, record);
    const objection = await this.objection(record, first);
    if (objection) return objection;
    return this.write(record);
  }

  /** A standby that a person has promoted by hand is no replica any more: then there is something to rebuild. */
  private async withReplica(record: LeadershipRecord): Promise<Request> {
    const situation = await lookAt(this.platform, this.ports, this.manner.clock.now());
    const instance = leading(situation, record)?.other.instance;
    const replicaLost = instance?.known === true && (instance.value?.source ?? null) === null;
    return { ...this.request, replicaLost };
  }

  /** What there is to do where nothing is to be written. */
  private async without(planned: Exclude<Plan, { step: 'write' }>, record: LeadershipRecord): Promise<Ended> {
    if (planned.step === 'refuse') return { outcome: 'refused', sentence: planned.sentence };
    if (planned.step === 'done') return { outcome: 'done', sentence: planned.sentence };
    if (this.manner.dryRun) return { outcome: 'would', sentence: `It would follow: ${planned.sentence}.` };
    if (!this.manner.waits) return { outcome: 'started', sentence: `${capital(planned.sentence)}.` };
    this.say(
      `${this.platform.name}: ${planned.sentence}; following it. Ctrl-C ends the wait, not the operation.`,
    );
    return this.follow(planned.goal, record);
  }

  /** What must be settled before anything is written: fitness for a switchover, the agreement to a forced takeover. */
  private async objection(
    record: LeadershipRecord,
    { sentence }: { sentence: string },
  ): Promise<Ended | undefined> {
    const { command } = this.request;
    const would: Ended = { outcome: 'would', sentence: `It ${conditional(sentence)}.` };
    if (command !== 'switchover' && command !== 'failover') return this.manner.dryRun ? would : undefined;
    const situation = await lookAt(this.platform, this.ports, this.manner.clock.now());
    if (command === 'switchover') {
      const why = obstacle(situation, record)?.sentence ?? filesObstacle(situation, record);
      if (why !== undefined) return { outcome: 'refused', sentence: why };
      return this.manner.dryRun ? would : undefined;
    }
    const costs = costOfForce(situation, record);
    if (this.manner.dryRun) return { ...would, sentence: [would.sentence, ...costs].join(' ') };
    return this.agreement(sentence, costs);
  }

  private async agreement(sentence: string, costs: readonly string[]): Promise<Ended | undefined> {
    const { name } = this.platform;
    this.say(`${name}: this ${sentence}.`);
    for (const cost of costs) this.say(`  - ${cost}`);
    if (this.manner.agreed) return undefined;
    if (!this.terminal.ask || this.manner.json)
      return { outcome: 'refused', sentence: 'Nobody can be asked here: say --yes to agree beforehand.' };
    const typed = await this.terminal.ask(`Type the name of the platform to go on (${name}): `);
    if (typed.trim() === name) return undefined;
    return {
      outcome: 'refused',
      sentence: 'What was typed is not the name of the platform; nothing was changed.',
    };
  }

  private async write(first: LeadershipRecord): Promise<Ended> {
    let record = first;
    for (let tried = 0; tried < WRITES_MAX; tried += 1) {
      const planned = plan(this.platform, record, this.request);
      if (planned.step !== 'write') return this.without(planned, record);
      try {
        const { written, record: now } = await this.ports.leadership.replace(record, planned.next);
        if (written) return this.afterwards(planned, now);
        record = now;
      } catch (error) {
        return failureOfWrite(error);
      }
    }
    return {
      outcome: 'failed',
      sentence: `the record was renewed ${WRITES_MAX} times in between; nothing was changed. Say it again.`,
    };
  }

  private async afterwards(
    planned: Extract<Plan, { step: 'write' }>,
    record: LeadershipRecord,
  ): Promise<Ended> {
    const { goal, sentence } = planned;
    if (!goal) return { outcome: 'done', sentence: `This ${sentence}.` };
    if (!this.manner.waits) return { outcome: 'started', sentence: `This ${sentence}.` };
    if (this.request.command !== 'failover') this.say(`${this.platform.name}: this ${sentence}.`);
    this.say('Ctrl-C ends the wait, not the operation.');
    return this.follow(goal, record);
  }

  private follow(goal: Parameters<typeof follow>[1], record: LeadershipRecord): Promise<Ended> {
    const { clock, stop } = this.manner;
    return follow(this.platform, goal, record, this.ports, { clock, tell: this.tell, stop });
  }
}

function failureOfWrite(error: unknown): Ended {
  if (error instanceof OutcomeUnknown) {
    return {
      outcome: 'unknown',
      sentence: `${sentenceOf(error)} Look before you say it again: npx holdfast status`,
    };
  }
  if (error instanceof IllegalTransition) return { outcome: 'refused', sentence: sentenceOf(error) };
  throw error;
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** `moves the lead ...` -> `would move the lead ...` */
const conditional = (sentence: string): string =>
  sentence.replace(/^(\w+?)s /, (_, verb: string) => `would ${verb} `);
