import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { getStatus } from '../runtime/health';
import { standardLog } from '../runtime/log';
import { ENVIRONMENT, type ProbeAnswer, type Question } from './contract';
import { Probe } from './probe';

/** Lives as long as the process, so that an answer serves the next questions too. */
let probe: Probe | undefined;

/** Invoked by the agents of both regions. */
export async function handler(question: Question): Promise<ProbeAnswer> {
  probe ??= makeProbe();
  const answer = await probe.ask(question);
  standardLog('probe', { side: question.side, ...answer });
  return answer;
}

function makeProbe(): Probe {
  const { homeUrl, standbyUrl } = required(process.env, ENVIRONMENT);
  return new Probe({ home: homeUrl, standby: standbyUrl }, getStatus, systemClock);
}
