/** One word of an expression: what it is, and its text as written. */
interface Token {
  readonly kind: 'name' | 'string' | 'other';
  readonly text: string;
}

/** Words that are no names wherever they stand. */
const KEYWORDS = new Set([
  ...['and', 'or', 'unless', 'atan2', 'bool', 'offset', 'inf', 'nan'],
  ...['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'],
]);
/** Of these, the ones behind which labels may stand in parentheses. */
const BEFORE_LABELS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
/** Words before which an aggregation is named: `sum by (service) (...)`. */
const BEHIND_AGGREGATION = new Set(['by', 'without']);

/**
 * In this order: spaces and comments; strings; ranges such as `[5m:1m]`; variables of Grafana; numbers and durations, whose
 * letters are no names; names; and every operator.
 */
const WORD =
  /(?<skip>\s+|#.*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<range>\[[^\]]*\])|(?<variable>\$\{[^}]*\}|\$\w+)|(?<number>\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?)|(?<name>[A-Za-z_:][\w:]*)|(?<operator>[=!]~|[=!<>]=|[-+*/%^<>=@,(){}])/y;

/**
 * Names of the metrics that a PromQL expression reads, each once and sorted. It understands what rules and panels are written
 * in: functions, aggregations, matchers, comments, variables of Grafana. It does not check the expression: promtool does.
 * @throws RangeError if a character belongs to no expression, or a metric is chosen by a pattern of its name
 */
export function metricNames(expression: string): string[] {
  const tokens = tokensOf(expression);
  const found = new Set<string>();
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) continue;
    if (token.text === '{') {
      const end = closing(tokens, at, '{', '}');
      for (const name of namesInMatchers(tokens.slice(at + 1, end), expression)) found.add(name);
      at = end;
    } else if (token.kind === 'name') {
      const word = token.text.toLowerCase();
      const next = tokens[at + 1]?.text ?? '';
      if (BEFORE_LABELS.has(word) && next === '(') at = closing(tokens, at + 1, '(', ')');
      else if (!KEYWORDS.has(word) && next !== '(' && !BEHIND_AGGREGATION.has(next.toLowerCase()))
        found.add(token.text);
    }
  }
  return [...found].sort();
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < expression.length) {
    const at = WORD.lastIndex;
    const groups = WORD.exec(expression)?.groups;
    if (!groups)
      throw new RangeError(`At character ${at + 1}, this is no PromQL: ${expression.slice(at, at + 20)}`);
    const { skip, string, name } = groups;
    if (skip !== undefined) continue;
    const kind = string !== undefined ? 'string' : name !== undefined ? 'name' : 'other';
    tokens.push({ kind, text: expression.slice(at, WORD.lastIndex) });
  }
  return tokens;
}

/** @returns place of the token that closes the one at `from`; the end if none does */
function closing(tokens: readonly Token[], from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const text = tokens[at]?.text;
    if (text === open) depth += 1;
    if (text === close) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** A metric can also be named within the braces: `{__name__="up"}`. */
function namesInMatchers(tokens: readonly Token[], expression: string): string[] {
  return tokens.flatMap(({ text }, at) => {
    if (text !== '__name__') return [];
    const value = tokens[at + 2];
    if (tokens[at + 1]?.text !== '=' || value?.kind !== 'string')
      throw new RangeError(`Name the metrics, instead of choosing them by a pattern: ${expression}`);
    return [value.text.slice(1, -1)];
  });
}
