/**
 * Makes calls take turns: the work never overlaps itself, and each call is followed by a run that begins after it.
 * @param work what it does it must read when it begins, not when it was asked for
 * @returns resolves or rejects as its own run does; a run that failed keeps nobody from the next
 */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
}
