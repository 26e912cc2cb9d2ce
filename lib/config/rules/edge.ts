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

export const twoListeners: Rule = function* ({ document: { edge }, written }) {
  if (edge.httpPort !== edge.httpsPort) return;
  yield {
    path: written(['edge', 'httpPort'], ['edge', 'httpsPort']),
    because: [
      ['edge', 'httpPort'],
      ['edge', 'httpsPort'],
    ],
    message: `${edge.httpPort} is also the port for HTTPS; the two listeners need different ports.`,
  };
};
