import { systemClock } from '../runtime/clock';
import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { signedPayloads, tableLeadership } from './aws';
import { ENVIRONMENT } from './contract';
import { answerHook, type HookRequest, type HookResponse } from './hook';

/** Asked by CloudFormation before it creates, changes or deletes a stack of the platform. */
export async function handler(request: HookRequest): Promise<HookResponse> {
  const { table, tableRegions } = required(process.env, ENVIRONMENT);
  const leadership = tableLeadership(table, listOf(tableRegions), process.env.AWS_REGION, systemClock);
  const response = await answerHook(request, leadership, signedPayloads(systemClock));
  const { stackId, requestData } = request;
  standardLog('deploy-guard', {
    stackId,
    target: requestData.targetType,
    status: response.hookStatus,
    message: response.message,
  });
  return response;
}
