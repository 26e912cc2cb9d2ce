import { queueVariables } from '../config/environment';
import { sqsArn, sqsIdentifiers, sqsUrl } from '../config/names';
import type { Platform, Queue, Role, Service } from '../config/platform';
import { BROKER_PORT } from '../network/security-groups';

/** @returns the queues of the platform that a service talks to */
export const queuesOfService = ({ queues }: Platform, service: Service): readonly Queue[] =>
  queues.filter(({ name }) => service.queues.includes(name));

/** A service may open connections to the brokers of its region exactly if it has a queue of one. */
export const usesBroker = (platform: Platform, service: Service): boolean =>
  queuesOfService(platform, service).some(({ engine }) => engine === 'rabbitmq');

/** What a task may do with a queue of SQS of its region: put in, take out, and look how long it is. */
export const SQS_ACTIONS: readonly string[] = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
];

/** ARNs of the queues of SQS that a service talks to in a region. */
export const sqsArnsOf = (platform: Platform, role: Role, service: Service): string[] =>
  queuesOfService(platform, service)
    .filter(({ engine }) => engine === 'sqs')
    .map(({ name }) => sqsArn(platform, platform.regions[role].name, sqsIdentifiers(platform, name).queue));

/**
 * Variables with the addresses of a service's queues in a region; their names are the same in both.
 * @param brokers host of each broker of the region by the name of its queue
 */
export function queueEnvironment(
  platform: Platform,
  role: Role,
  service: Service,
  brokers: ReadonlyMap<string, string>,
): Record<string, string | undefined> {
  const region = platform.regions[role].name;
  return Object.fromEntries(
    queuesOfService(platform, service).flatMap(({ name, engine }) => {
      const { url, host, port } = queueVariables(name);
      return engine === 'sqs'
        ? [[url, sqsUrl(platform, region, sqsIdentifiers(platform, name).queue)]]
        : [
            [host, brokers.get(name)],
            [port, String(BROKER_PORT)],
          ];
    }),
  );
}
