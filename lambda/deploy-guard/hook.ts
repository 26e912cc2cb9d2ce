import { sentenceOf } from '../runtime/errors';
import { DATA_STACK_SUFFIX } from './contract';
import type { Leadership, Payloads } from './ports';
import { type KnownLeadership, type PlannedChange, type ResourceChange, refusals } from './rule';
import { changesBetween, mapping, parseTemplate } from './templates';

/**
 * What CloudFormation asks a Lambda hook, and the answer that it takes:
 * https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks-create-lambda-function.html
 */
export interface HookRequest {
  readonly clientRequestToken: string;
  /** ARN of the stack. */
  readonly stackId: string;
  /** `CREATE_PRE_PROVISION`, `UPDATE_PRE_PROVISION` or `DELETE_PRE_PROVISION` */
  readonly actionInvocationPoint?: string | null;
  readonly requestData: {
    /** `STACK` or `CHANGE_SET` */
    readonly targetType: string;
    /** Signed URL of the templates; there is nothing behind it for a deletion. */
    readonly payload?: string | null;
  };
}

export interface HookResponse {
  readonly hookStatus: 'SUCCESS' | 'FAILED';
  readonly errorCode?: 'NonCompliant';
  /** CloudFormation shows the first 4096 characters. */
  readonly message: string;
  readonly clientRequestToken: string;
}

const MESSAGE_MAX = 4096;

/** Answers CloudFormation. Never throws: a hook without an answer counts as a refusal without a reason. */
export async function answerHook(
  request: HookRequest,
  leadership: Leadership,
  payloads: Payloads,
): Promise<HookResponse> {
  const reasons = await judge(request, leadership, payloads);
  const { clientRequestToken } = request;
  if (reasons.length === 0)
    return { hookStatus: 'SUCCESS', message: 'No database is at risk.', clientRequestToken };
  const message = `Holdfast's deploy guard refuses. ${reasons.join(' ')}`.slice(0, MESSAGE_MAX);
  return { hookStatus: 'FAILED', errorCode: 'NonCompliant', message, clientRequestToken };
}

async function judge(request: HookRequest, leadership: Leadership, payloads: Payloads): Promise<string[]> {
  const [planned, known] = await Promise.all([plannedChange(request, payloads), knownLeadership(leadership)]);
  if ('sentence' in planned) {
    return planned.holdsData
      ? [
          `What ${planned.stack} is changed to could not be read, and it holds the database. ${planned.sentence}`,
        ]
      : [];
  }
  return refusals(planned, known);
}

async function knownLeadership(leadership: Leadership): Promise<KnownLeadership> {
  try {
    return { known: true, record: await leadership.read() };
  } catch (error) {
    return { known: false, sentence: sentenceOf(error) };
  }
}

interface Unreadable {
  readonly stack: string;
  readonly holdsData: boolean;
  /** Why. */
  readonly sentence: string;
}

async function plannedChange(request: HookRequest, payloads: Payloads): Promise<PlannedChange | Unreadable> {
  const { stackId, requestData } = request;
  const [, , , region = '', , path = ''] = stackId.split(':');
  const stack = path.split('/')[1] ?? stackId;
  const holdsData = stack.endsWith(DATA_STACK_SUFFIX);
  const deletesStack =
    requestData.targetType === 'STACK' && request.actionInvocationPoint === 'DELETE_PRE_PROVISION';
  const whole = { stack, region, holdsData, deletesStack };
  if (deletesStack) return { ...whole, resources: [] };
  try {
    if (!requestData.payload) return { stack, holdsData, sentence: 'CloudFormation sent no templates.' };
    return { ...whole, resources: resourcesIn(mapping(await payloads.fetch(requestData.payload))) };
  } catch (error) {
    return { stack, holdsData, sentence: sentenceOf(error) };
  }
}

function resourcesIn(payload: Readonly<Record<string, unknown>>): ResourceChange[] {
  const { template, previousTemplate, changedResources } = payload;
  if (Array.isArray(changedResources)) return changedResources.map(changedResource);
  if (typeof template !== 'string') throw new TypeError('CloudFormation sent no template.');
  const before =
    typeof previousTemplate === 'string' && previousTemplate !== '' ? previousTemplate : undefined;
  return changesBetween(before === undefined ? undefined : parseTemplate(before), parseTemplate(template));
}

function changedResource(one: unknown): ResourceChange {
  const { logicalResourceId, resourceType, beforeContext, afterContext } = mapping(one);
  return {
    logicalId: String(logicalResourceId),
    type: String(resourceType),
    before: contextOf(beforeContext),
    after: contextOf(afterContext),
  };
}

/** Properties of a resource in a change set: JSON text around `Properties`; null where there is no such side. */
function contextOf(context: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof context !== 'string' || context === '') return undefined;
  return mapping(mapping(JSON.parse(context)).Properties);
}
