import {
  CloudWatchClient,
  type DescribeAlarmsCommandInput,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { all, type Clients } from '../../checks/aws/call';
import type { Alarms } from '../ports';
import { call } from './call';

export function alarms(clients: Clients): Alarms {
  const cloudWatch = clients((config) => new CloudWatchClient(config));
  return {
    async firing(region, AlarmNamePrefix) {
      const wanted: DescribeAlarmsCommandInput = {
        AlarmNamePrefix,
        StateValue: 'ALARM',
        AlarmTypes: ['CompositeAlarm', 'MetricAlarm'],
      };
      return call('cloudwatch:DescribeAlarms', region, (options) =>
        all(
          paginateDescribeAlarms({ client: cloudWatch(region) }, wanted, options),
          ({ CompositeAlarms = [], MetricAlarms = [] }) => [
            ...CompositeAlarms.map(({ AlarmName = '' }) => ({ name: AlarmName, isComposite: true })),
            ...MetricAlarms.map(({ AlarmName = '' }) => ({ name: AlarmName, isComposite: false })),
          ],
        ),
      );
    },
  };
}
