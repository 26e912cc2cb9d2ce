import { QUEUE_LOGIN_SUFFIX } from '../../../lambda/region-agent/contract';
import { brokerIdentifier, sqsIdentifiers } from '../names';
import { noSuch } from '../suggest';
import { eachService, type Rule } from './rule';

/** https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html */
const BROKER_NAME_MAX = 50;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const SQS_NAME_MAX = 80;

export const serviceQueuesExist = eachService(function* (service, path, { declared }) {
  const queues = declared(['queues']);
  for (const [i, name] of service.queues.entries()) {
    if (queues.includes(name)) continue;
    yield { path: [...path, 'queues', i], because: [['queues']], message: noSuch('queue', name, queues) };
  }
});

/** AWS limits the names that are derived from these. */
export const queueNamesFit: Rule = function* ({ document }) {
  for (const [queue, { engine }] of Object.entries(document.queues)) {
    const [max, ...names] =
      engine === 'rabbitmq'
        ? [BROKER_NAME_MAX, brokerIdentifier(document, queue)]
        : [SQS_NAME_MAX, ...Object.values(sqsIdentifiers(document, queue))];
    const longest = Math.max(...names.map((name) => name.length));
    if (longest <= max) continue;
    yield {
      path: ['queues', queue],
      because: [['name']],
      message: `its name and that of the platform take ${longest} characters together; allowed: at most ${max}. Shorten it by ${longest - max}.`,
    };
  }
};

/** Secrets with such a name are told apart from those that are copied to the other region. */
export const queueLoginsAreFree: Rule = function* ({ document }) {
  for (const name of Object.keys(document.secrets)) {
    if (!name.endsWith(QUEUE_LOGIN_SUFFIX)) continue;
    yield {
      path: ['secrets', name],
      message: `names that end in ${QUEUE_LOGIN_SUFFIX} are for the logins of brokers; choose another name.`,
    };
  }
};
