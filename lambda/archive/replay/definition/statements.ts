import { type Token, tokens } from './lexer';

/** One statement of a query with several. */
export interface SqlStatement {
  readonly text: string;
  /** Outside of parentheses and of the bodies of functions. */
  readonly outer: readonly Token[];
}

/**
 * Takes a query apart at the semicolons between its statements. One within parentheses, as in a rule, or within a body of
 * BEGIN ATOMIC is part of its statement. Empty ones are left out.
 */
export function statementsOf(query: string): readonly SqlStatement[] {
  const found: SqlStatement[] = [];
  let part = new Part();
  for (const token of tokens(query)) {
    if (token.text === ';' && part.isOutside) {
      found.push(...part.end(query));
      part = new Part();
    } else {
      part.add(token);
    }
  }
  return [...found, ...part.end(query)];
}

/** A statement as it is read. Bodies are told as psql tells them: they come with CREATE FUNCTION and PROCEDURE only. */
class Part {
  readonly #outer: Token[] = [];
  #last: Token | undefined;
  #parentheses = 0;
  #bodies = 0;

  get isOutside(): boolean {
    return this.#parentheses === 0 && this.#bodies === 0;
  }

  add(token: Token): void {
    if (token.text === ')') this.#parentheses -= 1;
    if (this.isOutside) this.#outer.push(token);
    if (token.text === '(') this.#parentheses += 1;
    if (token.kind === 'word' && this.#parentheses === 0 && this.#makesRoutine()) this.#nest(token.text);
    this.#last = token;
  }

  end(query: string): readonly SqlStatement[] {
    const [first] = this.#outer;
    if (!first || !this.#last) return [];
    return [{ text: query.slice(first.from, this.#last.to), outer: this.#outer }];
  }

  /** Within a body CASE has an END of its own. */
  #nest(word: string): void {
    if (word === 'begin' || (word === 'case' && this.#bodies > 0)) this.#bodies += 1;
    else if (word === 'end' && this.#bodies > 0) this.#bodies -= 1;
  }

  #makesRoutine(): boolean {
    const words = this.#outer.slice(0, 4).map(({ text }) => text);
    const [verb, ...rest] = words.filter((word) => word !== 'or' && word !== 'replace');
    return verb === 'create' && (rest[0] === 'function' || rest[0] === 'procedure');
  }
}
