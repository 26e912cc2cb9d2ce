import { json, type Region, rest } from './aws';
import { type Fact, type Facts, ofType, withoutArn } from './fact';

/** A broker as Amazon MQ lists it. */
interface ListedBroker {
  readonly brokerId: string;
  readonly brokerName: string;
  readonly brokerState: string;
  readonly engineType: string;
  readonly hostInstanceType: string;
  readonly deploymentMode: string;
}

/** @returns every broker of a region */
export const brokers = async (region: Region): Promise<readonly ListedBroker[]> =>
  (await rest<{ brokerSummaries: readonly ListedBroker[] }>(region, 'mq', '/v1/brokers')).brokerSummaries;

interface Attributes {
  readonly VisibilityTimeout?: string;
  readonly RedrivePolicy?: string;
  readonly KmsMasterKeyId?: string;
}

/** Brokers, and queues of SQS with what becomes of a message that cannot be worked off. */
export const queues: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  const made = ofType(resources, 'AWS::AmazonMQ::Broker').map(({ physicalId }) => physicalId);
  for (const broker of made.length > 0 ? await brokers(region) : []) {
    if (!made.includes(broker.brokerId)) continue;
    facts.push({
      region: region.name,
      queue: broker.brokerName,
      engine: broker.engineType,
      status: broker.brokerState,
      class: broker.hostInstanceType,
      mode: broker.deploymentMode,
    });
  }
  for (const { physicalId } of ofType(resources, 'AWS::SQS::Queue')) {
    const body = { QueueUrl: physicalId, AttributeNames: ['All'] };
    const { Attributes = {} } = await json<{ Attributes?: Attributes }>(
      region,
      'sqs',
      'AmazonSQS.GetQueueAttributes',
      body,
    );
    facts.push({
      region: region.name,
      queue: physicalId.split('/').at(-1) ?? '',
      engine: 'SQS',
      status: `visible again after ${Attributes.VisibilityTimeout ?? '?'} s`,
      class: Attributes.KmsMasterKeyId === undefined ? 'own encryption of SQS' : 'key of the platform',
      mode: redrive(Attributes.RedrivePolicy),
    });
  }
  return facts;
};

function redrive(policy: string | undefined): string {
  if (policy === undefined || policy === '') return '-';
  const { deadLetterTargetArn, maxReceiveCount }: Record<string, unknown> = JSON.parse(policy);
  return `after ${maxReceiveCount} tries to ${withoutArn(String(deadLetterTargetArn))}`;
}
