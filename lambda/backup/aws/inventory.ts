import { createHash } from 'node:crypto';
import { CloudFormationClient, GetTemplateCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  ListSecretsCommand,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../runtime/clock';
import type { ImageEntry, SecretEntry, StackEntry } from '../configuration/manifest';
import type { Inventory } from '../ports';
import { parameterGroups } from './parameter-groups';
import { absentIs, allPages, type Send, sender, THREE_ATTEMPTS } from './request';

/** What is where in one region. No call of it can return the value of a secret. */
export function awsInventory(region: string, clock: Clock): Inventory {
  const send = sender(clock);
  const secrets = new SecretsManagerClient({ region, ...THREE_ATTEMPTS });
  const stacks = new CloudFormationClient({ region, ...THREE_ATTEMPTS });
  const containers = new ECSClient({ region, ...THREE_ATTEMPTS });
  return {
    secrets: (prefix) => listSecrets(secrets, prefix, send),
    stacks: (prefix) => listStacks(stacks, prefix, send),
    images: (cluster) => listImages(containers, cluster, send),
    parameterGroups: parameterGroups(region, send),
  };
}

const PAGE = 100;

async function listSecrets(
  client: SecretsManagerClient,
  prefix: string,
  send: Send,
): Promise<readonly SecretEntry[]> {
  const found = await allPages(async (NextToken) => {
    const command = new ListSecretsCommand({
      Filters: [{ Key: 'name', Values: [prefix] }],
      MaxResults: PAGE,
      NextToken,
    });
    const answer = await send('Listing the secrets', (abortSignal) => client.send(command, { abortSignal }));
    return { items: answer.SecretList ?? [], next: answer.NextToken };
  });
  return found.filter(({ Name: name = '' }) => name.startsWith(prefix)).map(toSecret);
}

function toSecret(found: SecretListEntry): SecretEntry {
  const versions = found.SecretVersionsToStages ?? {};
  const current = Object.entries(versions).find(([, stages]) => stages.includes('AWSCURRENT'));
  return {
    name: found.Name ?? '',
    arn: found.ARN ?? '',
    currentVersion: current?.[0] ?? null,
    versions,
    key: found.KmsKeyId ?? null,
    primaryRegion: found.PrimaryRegion ?? null,
  };
}

/** Stacks that are there: CloudFormation also remembers deleted ones for 90 days. */
const GONE = 'DELETE_COMPLETE';

async function listStacks(
  client: CloudFormationClient,
  prefix: string,
  send: Send,
): Promise<readonly StackEntry[]> {
  const found = await allPages(async (NextToken) => {
    const answer = await send('Listing the stacks', (abortSignal) =>
      client.send(new ListStacksCommand({ NextToken }), { abortSignal }),
    );
    return { items: answer.StackSummaries ?? [], next: answer.NextToken };
  });
  const ours = found.filter(
    ({ StackName: name = '', StackStatus: status }) => name.startsWith(prefix) && status !== GONE,
  );
  const entries: StackEntry[] = [];
  for (const { StackName: name = '', StackId: arn = '', StackStatus: status = 'unknown' } of ours) {
    const { TemplateBody: template = '' } = await send(`Reading the template of ${name}`, (abortSignal) =>
      client.send(new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }), { abortSignal }),
    );
    entries.push({ name, arn, status, templateSha256: createHash('sha256').update(template).digest('hex') });
  }
  return entries;
}

async function listImages(client: ECSClient, cluster: string, send: Send): Promise<readonly ImageEntry[]> {
  const entries: ImageEntry[] = [];
  let nextToken: string | undefined;
  do {
    const page = await absentIs(['ClusterNotFound'], () =>
      send(`Listing the tasks of ${cluster}`, (abortSignal) =>
        client.send(new ListTasksCommand({ cluster, maxResults: PAGE, nextToken }), { abortSignal }),
      ),
    );
    const tasks = page?.taskArns ?? [];
    if (tasks.length > 0) entries.push(...(await imagesOf(client, cluster, tasks, send)));
    nextToken = page?.nextToken;
  } while (nextToken);
  return distinct(entries);
}

async function imagesOf(
  client: ECSClient,
  cluster: string,
  tasks: readonly string[],
  send: Send,
): Promise<readonly ImageEntry[]> {
  const answer = await send(`Describing the tasks of ${cluster}`, (abortSignal) =>
    client.send(new DescribeTasksCommand({ cluster, tasks: [...tasks] }), { abortSignal }),
  );
  return (answer.tasks ?? []).flatMap(({ group = '', taskDefinitionArn = '', containers = [] }) =>
    containers.map(({ name = '', image = '', imageDigest }) => ({
      group,
      taskDefinition: taskDefinitionArn,
      container: name,
      image,
      digest: imageDigest ?? null,
    })),
  );
}

/** Tasks of a service run the same images; the manifest names each once. */
const distinct = (entries: readonly ImageEntry[]): readonly ImageEntry[] => [
  ...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values(),
];
