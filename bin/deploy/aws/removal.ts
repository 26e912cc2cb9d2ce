import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { sentenceOf } from '../../../lambda/runtime/errors';
import { type Clients, caller } from '../../checks/aws/call';
import { CallFailed } from '../../checks/failures';
import type { DeployAction } from '../policy';
import type { StackRemoval } from '../ports';

const CALL_MS = 15_000;
const call = caller<DeployAction>(CALL_MS);

export function stackRemoval(clients: Clients): StackRemoval {
  const cloudFormation = clients((config) => new CloudFormationClient(config));
  return {
    async remove(region, StackName) {
      await call('cloudformation:DeleteStack', region, (options) =>
        cloudFormation(region).send(new DeleteStackCommand({ StackName }), options),
      );
    },
    async status(region, StackName) {
      try {
        const { Stacks } = await call('cloudformation:DescribeStacks', region, (options) =>
          cloudFormation(region).send(new DescribeStacksCommand({ StackName }), options),
        );
        const found = Stacks?.[0];
        if (!found || found.StackStatus === 'DELETE_COMPLETE') return undefined;
        return { status: found.StackStatus ?? '', reason: found.StackStatusReason ?? '' };
      } catch (error) {
        // CloudFormation has no name of its own for a stack that does not exist.
        if (error instanceof CallFailed && /does not exist/.test(sentenceOf(error.cause))) return undefined;
        throw error;
      }
    },
  };
}
