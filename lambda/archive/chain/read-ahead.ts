/**
 * Works on items ahead of whoever takes the results, which come in the order of the items.
 * @param ahead how many results are under way or waiting at most: what bounds the memory
 * @throws what `work` throws, in its turn; work behind it is left to itself, and its results are forgotten
 */
export async function* readAhead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const waiting: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever comes to it gets the error; until then nobody listens, which would end the process.
    result.catch(() => undefined);
    waiting.push(result);
    if (waiting.length >= ahead) yield* first(waiting);
  }
  while (waiting.length > 0) yield* first(waiting);
}

async function* first<R>(waiting: Promise<R>[]): AsyncGenerator<R, void> {
  const next = waiting.shift();
  if (next) yield await next;
}

/** @returns the whole numbers from `from` to `to`, both included */
export function* range(from: number, to: number): Generator<number, void> {
  for (let one = from; one <= to; one += 1) yield one;
}
