import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ask, Refused, type SignedRequest } from '../../lambda/runtime/signed';
import type { Platform } from '../../lib/config/platform';
import { type Clients, caller, clients } from '../checks/aws/call';
import { operatorPorts } from '../operate/aws';
import type { ChaosAction } from './policy';
import type { ChaosPorts, Experiment, Experiments } from './ports';

/** One question with its retries, in milliseconds. */
const CALL_MS = 20_000;
const ATTEMPTS = 3;
const BETWEEN_MS = 500;
const call = caller<ChaosAction>(CALL_MS);

const state = z.object({ status: z.string().default(''), reason: z.string().default('') }).prefault({});
const experimentAnswer = z.object({
  experiment: z.object({
    id: z.string(),
    state,
    actions: z.record(z.string(), z.object({ state })).default({}),
  }),
});
const templatesAnswer = z.object({
  experimentTemplates: z
    .array(z.object({ id: z.string(), tags: z.record(z.string(), z.string()).default({}) }))
    .default([]),
  nextToken: z.string().optional(),
});

export const chaosPorts = (platform: Platform): ChaosPorts => ({
  ...operatorPorts(platform),
  experiments: experiments(clients(), process.env.AWS_ENDPOINT_URL_FIS ?? process.env.AWS_ENDPOINT_URL),
});

/**
 * FIS by its REST interface, because no client of it is of the age of the others here.
 * https://docs.aws.amazon.com/fis/latest/APIReference/Welcome.html
 */
export function experiments(shared: Clients, endpoint: string | undefined): Experiments {
  const configOf = shared((config) => config);
  const send = async (region: string, request: SignedRequest, abortSignal: AbortSignal): Promise<unknown> => {
    const { credentials } = configOf(region);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask({ service: 'fis', region, credentials, endpoint }, request, abortSignal);
      } catch (error) {
        if (attempt >= ATTEMPTS || !isPassing(error)) throw error;
        await wait(BETWEEN_MS * attempt, undefined, { signal: abortSignal });
      }
    }
  };
  return {
    async templates(region) {
      const found: z.output<typeof templatesAnswer>['experimentTemplates'] = [];
      let nextToken: string | undefined;
      do {
        const query = { maxResults: '100', ...(nextToken === undefined ? {} : { nextToken }) };
        const answer = await call('fis:ListExperimentTemplates', region, ({ abortSignal }) =>
          send(region, { method: 'GET', path: '/experimentTemplates', query }, abortSignal),
        );
        const page = templatesAnswer.parse(answer);
        found.push(...page.experimentTemplates);
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return found;
    },
    async start(region, experimentTemplateId, clientToken) {
      const body = { experimentTemplateId, clientToken };
      const answer = await call('fis:StartExperiment', region, ({ abortSignal }) =>
        send(region, { method: 'POST', path: '/experiments', body }, abortSignal),
      );
      return experimentIn(answer);
    },
    async look(region, id) {
      const answer = await call('fis:GetExperiment', region, ({ abortSignal }) =>
        send(region, { method: 'GET', path: `/experiments/${id}` }, abortSignal),
      );
      return experimentIn(answer);
    },
    async stop(region, id) {
      await call('fis:StopExperiment', region, ({ abortSignal }) =>
        send(region, { method: 'DELETE', path: `/experiments/${id}` }, abortSignal),
      );
    },
  };
}

/** A start carries a token, so it may be said again as well. */
const isPassing = (error: unknown): boolean =>
  error instanceof Refused ? error.status >= 500 || error.status === 429 : error instanceof TypeError;

function experimentIn(answer: unknown): Experiment {
  const { experiment } = experimentAnswer.parse(answer);
  const actions = Object.entries(experiment.actions).map(([name, one]) => [name, one.state.status] as const);
  return { id: experiment.id, ...experiment.state, actions: Object.fromEntries(actions) };
}
