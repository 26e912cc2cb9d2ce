import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { sentenceOf } from '../../../lambda/runtime/errors';
import { all, type Clients } from '../../checks/aws/call';
import { CallFailed } from '../../checks/failures';
import type { Deployed } from '../ports';
import { call } from './call';

/** CloudFormation has no name of its own for a stack that does not exist. */
async function orNoStack<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CallFailed && /does not exist/.test(sentenceOf(error.cause))) return undefined;
    throw error;
  }
}

export function deployed(clients: Clients): Deployed {
  const cloudFormation = clients((config) => new CloudFormationClient(config));
  return {
    async template(region, StackName) {
      const answer = await orNoStack(
        call('cloudformation:GetTemplate', region, (options) =>
          cloudFormation(region).send(
            new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
            options,
          ),
        ),
      );
      return answer?.TemplateBody;
    },
    async resources(region, StackName, type) {
      const found = await orNoStack(
        call('cloudformation:ListStackResources', region, (options) =>
          all(
            paginateListStackResources({ client: cloudFormation(region) }, { StackName }, options),
            (page) => page.StackResourceSummaries,
          ),
        ),
      );
      return found?.flatMap((one) =>
        one.ResourceType === type && /^(CREATE|UPDATE)_COMPLETE$/.test(one.ResourceStatus ?? '')
          ? (one.PhysicalResourceId ?? [])
          : [],
      );
    },
  };
}
