/**
 * Takes SQL apart as far as needed to tell statements: words, quoted things, symbols. After PostgreSQL's own `scan.l` and
 * psql's `psqlscan.l`, under `standard_conforming_strings`.
 */

export interface Token {
  /** `word`: an unquoted identifier or keyword, in lower case. `quoted`: an identifier or text in quotes of any kind. */
  readonly kind: 'word' | 'quoted' | 'symbol';
  readonly text: string;
  /** Where it begins and ends in the source. */
  readonly from: number;
  readonly to: number;
}

const SPACE = /(?:\s+|--[^\r\n]*)+/y;
/** Letters beyond ASCII are letters to PostgreSQL. */
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /\.?[0-9](?:[eE][+-]?[0-9]|[A-Za-z0-9_.])*/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const CONTINUES = /\s*[\r\n]\s*'/y;
const COMMENT_MARK = /\/\*|\*\//g;

/** @returns the tokens in their order; what never ends reaches to the end of the source */
export function* tokens(sql: string): Generator<Token, void> {
  for (let at = 0; at < sql.length; ) {
    const next = past(SPACE, sql, at);
    if (next > at) {
      at = next;
    } else if (sql.startsWith('/*', at)) {
      at = afterComment(sql, at);
    } else {
      const token = tokenAt(sql, at);
      yield token;
      at = token.to;
    }
  }
}

function tokenAt(sql: string, from: number): Token {
  const character = sql.charAt(from);
  const quoted = (to: number): Token => ({ kind: 'quoted', text: sql.slice(from, to), from, to });
  if (character === "'") return quoted(afterString(sql, from, false));
  if (character === '"') return quoted(afterQuote(sql, from, '"', false));
  if (/^e'/i.test(sql.slice(from, from + 2))) return quoted(afterString(sql, from + 1, true));
  const tag = past(DOLLAR, sql, from);
  if (tag > from) {
    const mark = sql.slice(from, tag);
    const end = sql.indexOf(mark, tag);
    return quoted(end < 0 ? sql.length : end + mark.length);
  }
  const word = past(WORD, sql, from);
  if (word > from) return { kind: 'word', text: sql.slice(from, word).toLowerCase(), from, to: word };
  const to = Math.max(past(NUMBER, sql, from), from + 1);
  return { kind: 'symbol', text: sql.slice(from, to), from, to };
}

/** @returns where the pattern ends that matches at a place; the place itself if it does not match */
function past(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : at;
}

/** A text goes on in the next line, with the same rule for backslashes. */
function afterString(sql: string, from: number, escapes: boolean): number {
  let at = afterQuote(sql, from, "'", escapes);
  for (;;) {
    const next = past(CONTINUES, sql, at);
    if (next === at) return at;
    at = afterQuote(sql, next - 1, "'", escapes);
  }
}

/** @param from where the quotation mark is that opens it; two within it stand for one */
function afterQuote(sql: string, from: number, mark: string, escapes: boolean): number {
  for (let at = from + 1; at < sql.length; at += 1) {
    const character = sql.charAt(at);
    if (escapes && character === '\\') at += 1;
    else if (character === mark) {
      if (sql.charAt(at + 1) !== mark) return at + 1;
      at += 1;
    }
  }
  return sql.length;
}

/** Comments nest. */
function afterComment(sql: string, from: number): number {
  COMMENT_MARK.lastIndex = from;
  let depth = 0;
  for (let mark = COMMENT_MARK.exec(sql); mark; mark = COMMENT_MARK.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_MARK.lastIndex;
  }
  return sql.length;
}
