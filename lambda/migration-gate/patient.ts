import { isRefusedRead } from '../leader/read';
import type { Host } from '../runtime/custom-resource';
import { untilAllowed } from '../runtime/permission';
import type { Cloud } from './ports';

/** The role of the function was made a moment before the stack asks, and AWS may refuse it for some seconds. */
export function patient({ images, tasks, ledgers, leadership }: Cloud, host: Host): Cloud {
  const allowed = untilAllowed(host);
  return {
    images: { digest: (...which) => allowed('ecr:DescribeImages', () => images.digest(...which)) },
    tasks: {
      run: (order) => allowed('ecs:RunTask', () => tasks.run(order)),
      state: (...which) => allowed('ecs:DescribeTasks', () => tasks.state(...which)),
      stop: (...which) => tasks.stop(...which),
    },
    ledgers: {
      read: () => allowed('ssm:GetParameter', () => ledgers.read()),
      write: (ledger) => allowed('ssm:PutParameter', () => ledgers.write(ledger)),
    },
    leadership: {
      lead: () => untilAllowed(host, isRefusedRead)('dynamodb:GetItem', () => leadership.lead()),
    },
  };
}
