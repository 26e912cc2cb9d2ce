import type { Reply } from '../ports';

/** What became of an attempt. No sentence holds an address: they are secrets. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** May be taken later; not before `afterMs` from now. */
  | { readonly kind: 'later'; readonly sentence: string; readonly afterMs: number }
  /** Sent again unchanged it would be refused again. */
  | { readonly kind: 'refused'; readonly sentence: string; readonly status?: number };

/** Request Timeout, Too Early and Too Many Requests: refusals of the moment. */
const OF_THE_MOMENT: readonly number[] = [408, 425, 429];

/**
 * @param who is asked, as the beginning of a sentence
 * @param nowMs since 1970: a server may name a time at which to come again
 */
export function outcomeOf(reply: Reply, who: string, nowMs: number): Outcome {
  switch (reply.kind) {
    case 'timeout':
      return { kind: 'later', sentence: `${who} did not answer in time.`, afterMs: 0 };
    case 'unreachable':
      return { kind: 'later', sentence: `${who} cannot be reached (${reply.code}).`, afterMs: 0 };
    case 'answer': {
      const { status } = reply;
      if (status >= 200 && status < 300) return { kind: 'delivered' };
      const sentence = `${who} answered with HTTP ${status}${reply.reason === '' ? '' : `: ${reply.reason}`}.`;
      if (status >= 500 || OF_THE_MOMENT.includes(status))
        return { kind: 'later', sentence, afterMs: retryAfterMs(reply.retryAfter, nowMs) };
      return { kind: 'refused', sentence, status };
    }
  }
}

/**
 * @param header seconds, or a date
 * @returns milliseconds from now; 0 if the server does not say
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
