import type { Alarm, Metric } from '../monitoring/cloudwatch/alarm';

/**
 * @param gateways ids of the NAT gateways of a region, at most three
 * @returns the alarm on what they could not carry
 */
export function natAlarm(gateways: readonly string[]): Alarm {
  const metrics = gateways.map((id, index): [string, Metric] => [
    `nat${index + 1}`,
    {
      namespace: 'AWS/NATGateway',
      metric: 'ErrorPortAllocation',
      dimensions: { NatGatewayId: id },
      statistic: 'Sum',
    },
  ]);
  return {
    name: 'nat-exhausted',
    says: 'A NAT gateway has no port left for new connections to one address outside: tasks cannot reach a service they call. Look which address the flow log names most often; fewer, longer connections or a VPC endpoint help.',
    runbook: 'cloudwatch-alarms',
    urgency: 'morning',
    formula: {
      of: Object.fromEntries(metrics),
      expression: metrics.map(([name]) => `FILL(${name}, 0)`).join(' + '),
      label: 'Connections without a port',
    },
    periodSeconds: 300,
    periods: 2,
    of: 3,
    threshold: 1,
    silence: 'nothing-happened',
  };
}
