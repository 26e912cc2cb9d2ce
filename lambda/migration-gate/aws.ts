import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeTasksCommand, ECSClient, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { nameOf, sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import { CONTAINER } from './contract';
import { EMPTY, fromText, toText } from './ledger';
import type { Images, Ledgers, Tasks } from './ports';

const ABSENT = new Set(['ImageNotFoundException', 'RepositoryNotFoundException']);

export function ecrImages(): Images {
  const client = new ECRClient();
  return {
    async digest(repositoryName, reference) {
      const image = 'tag' in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
      try {
        const command = new DescribeImagesCommand({ repositoryName, imageIds: [image] });
        return (await client.send(command)).imageDetails?.[0]?.imageDigest;
      } catch (error) {
        if (ABSENT.has(nameOf(error))) return undefined;
        throw error;
      }
    },
  };
}

export function ecsTasks(): Tasks {
  const client = new ECSClient();
  return {
    async run({ cluster, definition, subnets, securityGroups, token }) {
      const { tasks, failures } = await client.send(
        new RunTaskCommand({
          cluster,
          taskDefinition: definition,
          clientToken: token,
          count: 1,
          launchType: 'FARGATE',
          startedBy: 'holdfast-migration',
          propagateTags: 'TASK_DEFINITION',
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [...subnets],
              securityGroups: [...securityGroups],
              assignPublicIp: 'DISABLED',
            },
          },
        }),
      );
      const arn = tasks?.[0]?.taskArn;
      if (arn !== undefined) return arn;
      throw new Error(`ECS started no task: ${failures?.[0]?.reason ?? 'it gave no reason'}.`);
    },
    async state(cluster, task) {
      const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
      const found = tasks?.[0];
      if (!found) return undefined;
      if (found.lastStatus !== 'STOPPED') return { ended: false, createdAt: found.createdAt?.getTime() };
      const container = found.containers?.find(({ name }) => name === CONTAINER);
      return {
        ended: true,
        exitCode: container?.exitCode,
        reason: container?.reason ?? found.stoppedReason ?? 'without a reason',
      };
    },
    async stop(cluster, task, reason) {
      await client.send(new StopTaskCommand({ cluster, task, reason }));
    },
  };
}

/**
 * The ledger in a parameter of the own region, with a copy in the other one, so that a region that takes the lead over
 * knows what has run.
 */
export function parameterLedgers(name: string, peerRegion: string, log: Log): Ledgers {
  const here = new SSMClient();
  // The other region may be gone: it is tried once and not waited for.
  const there = new SSMClient({ region: peerRegion, maxAttempts: 1 });
  return {
    async read() {
      try {
        const { Parameter } = await here.send(new GetParameterCommand({ Name: name }));
        return fromText(Parameter?.Value ?? '');
      } catch (error) {
        if (nameOf(error) === 'ParameterNotFound') return EMPTY;
        throw error;
      }
    },
    async write(ledger) {
      const put = () =>
        new PutParameterCommand({ Name: name, Value: toText(ledger), Type: 'String', Overwrite: true });
      await here.send(put());
      try {
        await there.send(put(), { abortSignal: AbortSignal.timeout(3_000) });
      } catch (error) {
        log('ledger-copy-failed', { region: peerRegion, error: sentenceOf(error) });
      }
    },
  };
}

/** Calls a function and does not wait for its answer. */
export async function callLater(functionName: string, event: object): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(event));
  await new LambdaClient().send(
    new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }),
  );
}
