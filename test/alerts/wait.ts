const PAUSE_MS = 50;

/**
 * Waits for a condition. An attempt to connect that fails counts as "not yet", any other error ends the waiting.
 * @throws Error after the time is over
 */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean> | boolean,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
}
