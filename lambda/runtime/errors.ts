/** Base of the errors that Holdfast raises itself: the name is the class's, so that logs and replies can show it. */
export class HoldfastError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An operation gave no answer in its time. What it did on the other side is unknown. */
export class TimedOut extends HoldfastError {
  constructor(
    readonly operation: string,
    readonly milliseconds: number,
  ) {
    super(`${operation} gave no answer within ${milliseconds / 1000} s.`);
  }
}

/** @returns the name that AWS, PostgreSQL's client and Node give their errors; `''` for what is no error */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** @returns the message of an error and of its causes in one line, never a stack */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || partsOf(error) || error.name;
  const known = error instanceof HoldfastError || error.name === 'Error' || own.startsWith(error.name);
  const sentence = known ? own : `${error.name}: ${own}`;
  const line = sentence.replace(/\s+/g, ' ').trim();
  if (error.cause === undefined) return line;
  const cause = sentenceOf(error.cause);
  return line.includes(cause) ? line : `${line} (${cause})`;
}

/** Node reports a refused connection as an AggregateError without a message. */
function partsOf(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(sentenceOf).join('; ') : '';
}
