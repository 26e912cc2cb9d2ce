import type { Platform } from '../config/platform';
import type { Alarm, Metric } from '../monitoring/cloudwatch/alarm';

const BLOCKED_MIN = 500;
const BLOCKED_PERCENT = 50;

/** @returns the alarm on the firewall of a region */
export function webAclAlarm(platform: Platform, region: string): Alarm {
  const metric = (name: string): Metric => ({
    namespace: 'AWS/WAFV2',
    metric: name,
    // `ALL` is the whole list of rules.
    dimensions: { WebACL: platform.name, Region: region, Rule: 'ALL' },
    statistic: 'Sum',
  });
  return {
    name: 'firewall-blocking',
    says: `The firewall refuses more than half of the requests: a flood, or a rule that takes users for attackers. Look in the log group aws-waf-logs-${platform.name} which rule it is and whom it meets; a rule of AWS that meets users can be set to count in edge.waf.count.`,
    runbook: 'cloudwatch-alarms',
    urgency: 'morning',
    formula: {
      of: { blocked: metric('BlockedRequests'), allowed: metric('AllowedRequests') },
      expression: `IF(FILL(blocked, 0) >= ${BLOCKED_MIN}, 100 * FILL(blocked, 0) / (FILL(blocked, 0) + FILL(allowed, 0)), 0)`,
      label: 'Refused requests in %',
    },
    periodSeconds: 300,
    periods: 2,
    of: 3,
    threshold: BLOCKED_PERCENT,
    // Nobody asked, so nobody was refused.
    silence: 'nothing-happened',
  };
}
