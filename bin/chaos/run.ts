import type { LeadershipRecord } from '../../lambda/leader/record';
import type { Scenario } from '../../lib/chaos/scenarios';
import type { Platform } from '../../lib/config/platform';
import type { Terminal } from '../commands/terminal';
import { answerOf } from '../operate/failures';
import { lookAt } from '../operate/situation';
import type { Ended, Manner } from '../recover/telling';
import { planChaos, type Wanted } from './plan';
import type { ChaosPorts, Experiment } from './ports';
import { verdictOn } from './verdict';

const LOOK_MS = 5_000;
/** After the trouble a platform may take so long to be well again: tasks start, a replica catches up. */
const RECOVERY_MS = 15 * 60_000;
/** FIS takes a while to put back what it had changed. */
const STOPPING_MS = 5 * 60_000;
/** Beyond what an experiment is to last. */
const SLACK_MS = 15 * 60_000;

export interface ChaosRequest extends Wanted {
  /** Begins the experiment once, however often it is said. */
  readonly token: string;
  /** Whether a person has agreed beforehand. */
  readonly agreed: boolean;
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });
const OVER: ReadonlySet<string> = new Set(['completed', 'stopped', 'failed', 'cancelled']);

/** Runs an experiment, tells what it does, and says at the end whether the platform did what it must. */
export async function runChaos(
  platform: Platform,
  request: ChaosRequest,
  ports: ChaosPorts,
  terminal: Pick<Terminal, 'ask'>,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const planned = await planChaos(platform, request, ports, manner.clock.now());
  if ('problem' in planned) return refused(planned.problem);
  const { scenario, region, record, template } = planned;
  const time = scenario.minutes > 0 ? `, for ${scenario.minutes} minutes` : '';
  const what = `${scenario.name} in ${region}: it ${scenario.does}${time}. Expected: ${scenario.expects}.`;
  if (manner.dryRun) return { outcome: 'would', sentences: [what] };
  const objection = await disagreement(platform, what, request, terminal, manner, tell);
  if (objection !== undefined) return refused(objection);
  const run = new Run(platform, scenario, region, record, ports, manner, tell);
  return run.go(await ports.experiments.start(region, template.id, request.token));
}

/** @returns why nothing is begun; undefined: somebody agreed */
async function disagreement(
  { name }: Platform,
  what: string,
  { agreed }: ChaosRequest,
  { ask }: Pick<Terminal, 'ask'>,
  { json }: Manner,
  tell: (sentence: string) => void,
): Promise<string | undefined> {
  tell(what);
  if (agreed) return undefined;
  if (!ask || json) return 'Nobody can be asked here: say --yes to agree beforehand.';
  const typed = await ask(`This harms a running platform. Type its name to go on (${name}): `);
  return typed.trim() === name
    ? undefined
    : 'What was typed is not the name of the platform; nothing was begun.';
}

const leadOf = ({ holder, state, epoch }: LeadershipRecord): string => `${state}: ${holder}, epoch ${epoch}`;

class Run {
  private seen: Readonly<Record<string, string>> = {};
  private mute = '';
  private lead: string;

  constructor(
    private readonly platform: Platform,
    private readonly scenario: Scenario,
    private readonly region: string,
    private readonly before: LeadershipRecord,
    private readonly ports: ChaosPorts,
    private readonly manner: Manner,
    private readonly tell: (sentence: string) => void,
  ) {
    this.lead = leadOf(before);
  }

  async go(begun: Experiment): Promise<Ended> {
    this.tell(`${begun.id} has begun. Ctrl-C stops it, and FIS then puts back what it changed.`);
    const ended = await this.followed(begun);
    if (!ended) return this.lost(begun.id);
    if (ended.status === 'stopped' && this.manner.stop.aborted)
      return { outcome: 'failed', sentences: [`${ended.id} was stopped. ${await this.standing()}`] };
    if (ended.status !== 'completed') {
      const reason = ended.reason === '' ? '' : `: ${ended.reason.replace(/\.$/, '')}`;
      return {
        outcome: 'failed',
        sentences: [`${ended.id} ended as ${ended.status}${reason}. ${await this.standing()}`],
      };
    }
    return this.judged();
  }

  /** @returns the experiment at its end; undefined if nobody can say what became of it */
  private async followed(begun: Experiment): Promise<Experiment | undefined> {
    const { clock, stop } = this.manner;
    let experiment = begun;
    let limitMs = clock.now() + this.scenario.minutes * 60_000 + SLACK_MS;
    let stopping = false;
    for (;;) {
      this.hear(experiment);
      if (OVER.has(experiment.status)) return experiment;
      if (stop.aborted && !stopping) {
        stopping = true;
        limitMs = clock.now() + STOPPING_MS;
        await this.ports.experiments.stop(this.region, experiment.id);
        this.tell('Asked FIS to stop it.');
      }
      if (clock.now() >= limitMs) return undefined;
      await this.wait(stopping);
      const answer = await answerOf(this.ports.experiments.look(this.region, experiment.id));
      if (answer.known) experiment = answer.value;
      else this.tellOnce(answer.sentence);
      await this.hearLead();
    }
  }

  /** Tells each change of who leads; a record that cannot be read is told at the end, if it matters. */
  private async hearLead(): Promise<void> {
    const answer = await answerOf(this.ports.leadership.read());
    const record = answer.known ? answer.value : undefined;
    if (!record || leadOf(record) === this.lead) return;
    this.lead = leadOf(record);
    this.tell(this.lead);
  }

  private hear({ actions, status }: Experiment): void {
    const now = { ...actions, experiment: status };
    for (const [name, state] of Object.entries(now)) {
      if (state !== '' && this.seen[name] !== state) this.tell(`${name}: ${state}`);
    }
    this.seen = now;
  }

  private tellOnce(sentence: string): void {
    if (sentence !== this.mute) this.tell(sentence);
    this.mute = sentence;
  }

  /** Ctrl-C ends the pause; while FIS stops there is nothing more to end. */
  private async wait(stopping: boolean): Promise<void> {
    const { clock, stop } = this.manner;
    if (stopping) return clock.sleep(LOOK_MS);
    try {
      await clock.sleep(LOOK_MS, stop);
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  }

  private async judged(): Promise<Ended> {
    const { clock, stop } = this.manner;
    const limitMs = clock.now() + RECOVERY_MS;
    for (;;) {
      const verdict = verdictOn(await this.look(), this.before, this.scenario, this.region);
      const { state, sentence } = verdict;
      if (state === 'held') return { outcome: 'done', sentences: [`Held: ${sentence}`] };
      if (state === 'broken') return { outcome: 'failed', sentences: [sentence] };
      if (stop.aborted || clock.now() >= limitMs) {
        const outcome = stop.aborted ? 'unknown' : 'failed';
        return { outcome, sentences: [sentence, 'Look again: npx holdfast status'] };
      }
      this.tellOnce(sentence);
      await this.wait(false);
    }
  }

  private look() {
    return lookAt(this.platform, this.ports, this.manner.clock.now());
  }

  /** Where the platform stands after an experiment that did not run to its end. */
  private async standing(): Promise<string> {
    return verdictOn(await this.look(), this.before, { ...this.scenario, moves: false }, this.region)
      .sentence;
  }

  private lost(id: string): Ended {
    return {
      outcome: 'unknown',
      sentences: [
        `Nobody can say what became of ${id} in ${this.region}.`,
        `Look at it, and stop it if it runs: aws fis stop-experiment --region ${this.region} --id ${id}`,
      ],
    };
  }
}
