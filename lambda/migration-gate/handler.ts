import { dynamoTable } from '../leader/aws';
import { ownFirst } from '../leader/read';
import { systemClock } from '../runtime/clock';
import type { Context, CustomResource, Host, Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { type Asked, parseAsked } from './asked';
import { callLater, ecrImages, ecsTasks, parameterLedgers } from './aws';
import { ENVIRONMENT, type ImageArrived } from './contract';
import { recordedLeadership } from './leadership';
import { migrate, type Progress } from './migrate';
import { patient } from './patient';

/** Time kept for a last answer, or to hand over to the next call, in milliseconds. */
const MARGIN_MS = 30_000;

const settings = () =>
  required(process.env, { ...ENVIRONMENT, own: 'AWS_REGION', self: 'AWS_LAMBDA_FUNCTION_NAME' });

async function work(asked: Asked, context: Context): Promise<Progress> {
  const { table, tableRegions, ledger, peerRegion, own } = settings();
  const tables = ownFirst(listOf(tableRegions), own).map((region) => dynamoTable(table, region));
  const cloud = {
    images: ecrImages(),
    tasks: ecsTasks(),
    ledgers: parameterLedgers(ledger, peerRegion, standardLog),
    leadership: recordedLeadership(tables, own, systemClock),
  };
  const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
  const host: Host = { clock: systemClock, log: standardLog, deadline };
  return migrate(asked, patient(cloud, host), host);
}

/** Answers what has been found out already. */
const settled = (asked: Asked, end: () => Progress): CustomResource<Asked> => ({
  parse: () => asked,
  physicalId: ({ cluster, service }) => `${cluster}/${service}`,
  create: async () => ({ sentence: end().sentence }),
  update: async () => ({ sentence: end().sentence }),
  async delete() {},
});

/**
 * Asked by CloudFormation (a custom resource) and by EventBridge (the first image of a service). A migration may take
 * longer than a function: then the function calls itself with the same event, which finds the task again.
 */
export async function handler(event: Request | ImageArrived, context: Context): Promise<void> {
  if ('kind' in event) {
    const { done, sentence } = await work(parseAsked({ ...event.migration }), context);
    standardLog(event.kind, { done, sentence });
    await (done ? callLater(settings().imageGate, event.start) : callLater(settings().self, event));
    return;
  }
  const answer = (make: () => CustomResource<Asked>) => customResourceHandler(make)(event, context);
  if (event.RequestType === 'Delete') {
    await answer(() => settled(parseAsked(event.ResourceProperties), () => ({ done: true, sentence: '' })));
    return;
  }
  let end: () => Progress;
  try {
    const progress = await work(parseAsked(event.ResourceProperties), context);
    if (!progress.done) {
      await callLater(settings().self, event);
      return;
    }
    end = () => progress;
  } catch (error) {
    end = () => {
      throw error;
    };
  }
  await answer(() => settled(parseAsked(event.ResourceProperties), end));
}
