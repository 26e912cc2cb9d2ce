import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Edge, RateLimit } from '../config/platform';

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
  metricName,
});

/**
 * Rules of the web ACL in their order: rate zones first (they are cheap and stop a flood), then the managed groups.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
export function webAclRules(edge: Edge): CfnWebACL.RuleProperty[] {
  const zones = Object.entries(edge.rateLimits)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, limit]) => rateRule(name, limit));
  const groups = edge.waf.ruleGroups.map((name) => managedRule(name, edge.waf.count.includes(name)));
  return [...zones, ...groups].map((rule, priority) => ({ ...rule, priority }));
}

const COMMON_RULES = 'AWSManagedRulesCommonRuleSet';
/** Refuses bodies above 8 KiB: every upload, and long requests to an API. It counts only. */
const BODY_SIZE = 'SizeRestrictions_BODY';

type Unordered = Omit<CfnWebACL.RuleProperty, 'priority'>;

function rateRule(name: string, limit: RateLimit): Unordered {
  const paths = limit.paths.map(pathStatement);
  const [first] = paths;
  return {
    name: `rate-${name}`,
    // Too many requests is 429, not the 403 of a block: clients know how to wait.
    action: {
      block: {
        customResponse: {
          responseCode: 429,
          responseHeaders: [{ name: 'retry-after', value: String(limit.windowSeconds) }],
        },
      },
    },
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        limit: limit.requests,
        evaluationWindowSec: limit.windowSeconds,
        ...(first === undefined
          ? {}
          : { scopeDownStatement: paths.length === 1 ? first : { orStatement: { statements: paths } } }),
      },
    },
    visibilityConfig: visible(`rate-${name}`),
  };
}

/**
 * Applied to a path before it is compared, in this order. A service reads `/%61pi` as `/api`, so a zone must as well, or any
 * letter written so would pass it; and only what is decoded shows its dots and doubled slashes. Case stays: the balancer
 * compares paths with it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 */
const AS_SERVED = [
  { priority: 0, type: 'URL_DECODE' },
  { priority: 1, type: 'NORMALIZE_PATH' },
];

/** A pattern as a platform file writes it here: exact, or with a trailing `*`. */
function pathStatement(pattern: string): CfnWebACL.StatementProperty {
  const prefix = pattern.replace(/\*+$/, '');
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      textTransformations: AS_SERVED,
      searchString: prefix,
      positionalConstraint: prefix === pattern ? 'EXACTLY' : 'STARTS_WITH',
    },
  };
}

function managedRule(name: string, countOnly: boolean): Unordered {
  return {
    name,
    overrideAction: countOnly ? { count: {} } : { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ...(name === COMMON_RULES
          ? { ruleActionOverrides: [{ name: BODY_SIZE, actionToUse: { count: {} } }] }
          : {}),
      },
    },
    visibilityConfig: visible(name),
  };
}
