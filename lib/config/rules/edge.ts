import { parseCidr } from '../cidr';
import { formatPath } from '../problem';
import { OWN_LABELS } from './routes';
import type { Rule } from './rule';

/** Browsers refuse an answer with credentials for every origin. */
export const credentialsNeedAnOrigin: Rule = function* ({ document: { edge } }) {
  const star = edge.cors?.origins.indexOf('*') ?? -1;
  if (!edge.cors?.credentials || star < 0) return;
  yield {
    path: ['edge', 'cors', 'origins', star],
    because: [['edge', 'cors', 'credentials']],
    message:
      'with credentials browsers refuse the origin *; name the origin, for example https://app.example.com.',
  };
};

export const countedGroupsAreUsed: Rule = function* ({ document: { edge }, written }) {
  const { ruleGroups, count } = edge.waf;
  for (const [i, group] of count.entries()) {
    if (ruleGroups.includes(group)) continue;
    yield {
      path: ['edge', 'waf', 'count', i],
      because: [['edge', 'waf', 'ruleGroups']],
      message: `${group} is not among the rule groups in use: ${ruleGroups.join(', ') || 'none'}.`,
    };
  }
  for (const [i, group] of ruleGroups.entries()) {
    if (ruleGroups.indexOf(group) < i) {
      const path = written(['edge', 'waf', 'ruleGroups', i], ['edge', 'waf']);
      yield { path, message: `${group} is given twice.` };
    }
  }
};

/** WAF compares the beginning of a path; a wildcard inside it would be taken literally. */
export const limitedPathsAreBeginnings: Rule = function* ({ document: { edge } }) {
  for (const [name, { paths }] of Object.entries(edge.rateLimits)) {
    for (const [i, path] of paths.entries()) {
      if (!/[*?]/.test(path.replace(/\*$/, ''))) continue;
      yield {
        path: ['edge', 'rateLimits', name, 'paths', i],
        message: `${path} has a wildcard that is not a * at its end; WAF compares whole paths or their beginning, for example /api/*.`,
      };
    }
  }
};

const LISTENERS = [['httpsPort'], ['httpPort'], ['test', 'port']] as const;

export const listenersHaveTheirOwnPorts: Rule = function* ({ document: { edge }, written }) {
  const ports = [edge.httpsPort, edge.httpPort, edge.test.port];
  for (const [later, port] of ports.entries()) {
    const first = ports.indexOf(port);
    if (first === later) continue;
    const [one, other] = [LISTENERS[later] ?? [], LISTENERS[first] ?? []].map((key) => ['edge', ...key]);
    if (!one || !other) continue;
    yield {
      path: written(one, other),
      because: [one, other],
      message: `${port} is also ${formatPath(other)}; every listener of the balancer needs a port of its own.`,
    };
  }
};

export const testAddressesAreBlocks: Rule = function* ({ document: { edge } }) {
  for (const [i, address] of edge.test.addresses.entries()) {
    const block = parseCidr(address);
    if (block?.normal === address) continue;
    yield {
      path: ['edge', 'test', 'addresses', i],
      message: block
        ? `${address} does not begin at its own block; ${block.normal} is meant.`
        : `${address} is no IPv4 block; allowed: for example 203.0.113.7/32.`,
    };
  }
};

/** The name of the CDN is a record of its own beside those of Holdfast and of the routes. */
export const cdnHasANameOfItsOwn: Rule = function* ({ document: { edge, domain, services }, written }) {
  if (!edge.cdn) return;
  const host = `${edge.cdn.host}.${domain.name}`;
  const path = written(['edge', 'cdn', 'host'], ['edge', 'cdn']);
  if (OWN_LABELS.includes(edge.cdn.host)) {
    yield {
      path,
      message: `${edge.cdn.host} is a name of Holdfast's own; choose another one, for example static.`,
    };
  }
  for (const [name, { routes }] of Object.entries(services)) {
    const index = routes.findIndex((route) => route.host === host);
    if (index < 0) continue;
    yield {
      path,
      because: [['services', name, 'routes', index, 'host']],
      message: `${host} is already the host of a route of the service ${name}; choose another one.`,
    };
  }
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-response-headers-policies */
const CUSTOM_HEADERS_MAX = 10;
/** Those that `edge.securityHeaders` and the CDN itself set, and those that CloudFront lets nobody set. */
const SET_ELSEWHERE =
  /^(strict-transport-security|content-security-policy|x-frame-options|x-content-type-options|access-control-.*|connection|content-(encoding|length|range)|date|expect|host|keep-alive|proxy-.*|server|set-cookie|te|trailer|transfer-encoding|upgrade|via|warning|x-accel-.*|x-amz.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/i;

export const headersOfTheCdnAreFree: Rule = function* ({ document: { edge } }) {
  const names = Object.keys(edge.cdn?.headers ?? {});
  for (const name of names.filter((one) => SET_ELSEWHERE.test(one))) {
    yield {
      path: ['edge', 'cdn', 'headers', name],
      message: `${name} is set by Holdfast, by edge.securityHeaders or by CloudFront itself; leave it out.`,
    };
  }
  if (names.length > CUSTOM_HEADERS_MAX) {
    yield {
      path: ['edge', 'cdn', 'headers'],
      message: `${names.length} headers are too many; allowed: at most ${CUSTOM_HEADERS_MAX}.`,
    };
  }
};

/** CloudFront reaches an origin at few of the ports below 1024. */
export const cdnReachesTheListener: Rule = function* ({ document: { edge }, written }) {
  if (!edge.cdn || edge.httpsPort === 443 || edge.httpsPort >= 1024) return;
  yield {
    path: written(['edge', 'httpsPort'], ['edge', 'cdn']),
    because: [['edge', 'cdn']],
    message: `CloudFront cannot reach port ${edge.httpsPort}; allowed with a CDN: 443, or 1024 and above.`,
  };
};
