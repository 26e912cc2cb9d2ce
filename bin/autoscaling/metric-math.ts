/**
 * The part of CloudWatch's metric math that the alarms on load use, so that a simulation asks the very formula of the
 * template: numbers, names of metrics, `+ - * /`, `< >`, `FILL`, `IF`, `MAX` of a list, brackets.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** The formula holds something that is not known here. */
export class UnknownFormula extends Error {
  override readonly name = 'UnknownFormula';

  constructor(
    readonly formula: string,
    what: string,
  ) {
    super(`The formula ${formula} cannot be reckoned here: ${what}.`);
  }
}

/** Values of metrics by their ids; a metric that has no value is not in it. */
export type Values = ReadonlyMap<string, number>;
/** @returns undefined where a metric without a value leaves none */
export type Formula = (values: Values) => number | undefined;

type Operator = (left: number, right: number) => number;
/** From the ones that bind least to those that bind most. */
const LEVELS: readonly Readonly<Record<string, Operator>>[] = [
  { '<': (left, right) => Number(left < right), '>': (left, right) => Number(left > right) },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  { '*': (left, right) => left * right, '/': (left, right) => left / right },
];
const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z_]\w*|[-+*/<>(),[\]])/y;

/** @throws {UnknownFormula} */
export function formula(text: string): Formula {
  const reader = new Reader(text);
  const result = reader.level(0);
  reader.end();
  return result;
}

class Reader {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(private readonly text: string) {
    const token = new RegExp(TOKEN);
    for (let index = 0; index < text.length; index = token.lastIndex) {
      token.lastIndex = index;
      const found = token.exec(text)?.[1];
      if (found === undefined) throw new UnknownFormula(text, `at "${text.slice(index)}"`);
      this.tokens.push(found);
    }
  }

  level(depth: number): Formula {
    const operators = LEVELS[depth];
    if (!operators) return this.operand();
    let left = this.level(depth + 1);
    for (let operator = operators[this.next]; operator; operator = operators[this.next]) {
      this.at += 1;
      left = both(operator, left, this.level(depth + 1));
    }
    return left;
  }

  end(): void {
    if (this.at < this.tokens.length) throw new UnknownFormula(this.text, `"${this.next}" is left over`);
  }

  private get next(): string {
    return this.tokens[this.at] ?? '';
  }

  private take(wanted: string): void {
    if (this.next !== wanted) throw new UnknownFormula(this.text, `"${wanted}" is missing`);
    this.at += 1;
  }

  private operand(): Formula {
    const token = this.next;
    this.at += 1;
    if (token === '(') {
      const inner = this.level(0);
      this.take(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[A-Za-z_]/.test(token))
      throw new UnknownFormula(this.text, `"${token}" stands where a value belongs`);
    return this.next === '(' ? this.call(token) : (values) => values.get(token);
  }

  private call(name: string): Formula {
    this.take('(');
    const list = this.next === '[';
    if (list) this.take('[');
    const parts = [this.level(0)];
    while (this.next === ',') {
      this.take(',');
      parts.push(this.level(0));
    }
    if (list) this.take(']');
    this.take(')');
    return this.applied(name, parts);
  }

  private applied(name: string, parts: readonly Formula[]): Formula {
    const [first, second, third] = parts;
    if (name === 'MAX') return (values) => highest(parts.map((part) => part(values)));
    if (name === 'FILL' && first && second) return (values) => first(values) ?? second(values);
    if (name === 'IF' && first && second && third)
      return (values) => {
        const condition = first(values);
        return condition === undefined ? undefined : condition !== 0 ? second(values) : third(values);
      };
    throw new UnknownFormula(this.text, `${name} of ${parts.length} is not known`);
  }
}

const both =
  (operator: Operator, left: Formula, right: Formula): Formula =>
  (values) => {
    const [a, b] = [left(values), right(values)];
    return a === undefined || b === undefined ? undefined : operator(a, b);
  };

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value): value is number => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
