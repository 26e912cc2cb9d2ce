import type { Clock } from '../../runtime/clock';
import type { Web } from '../ports';
import { type Outcome, outcomeOf } from './outcome';
import type { SecretCache } from './secret-cache';

/** One message that is sent with what a secret holds. */
export interface Posting {
  /** Who is asked, as the beginning of a sentence. */
  readonly who: string;
  /** Name of the secret. */
  readonly secret: string;
  /** @returns undefined if the secret does not hold what it should */
  readonly request: (secret: string) => { readonly url: string; readonly body: object } | undefined;
}

/** A key or an address that is no longer known is answered so; then the secret may have been given a new value. */
const OUTDATED: readonly number[] = [401, 403, 404, 410];

/** One attempt; a second one at once if the secret was replaced since it was read. */
export async function post(
  posting: Posting,
  { web, secrets, clock }: { readonly web: Web; readonly secrets: SecretCache; readonly clock: Clock },
  timeoutMs: number,
): Promise<Outcome> {
  const end = clock.monotonic() + timeoutMs;
  const send = async (value: string): Promise<Outcome> => {
    const request = posting.request(value);
    if (!request) {
      return { kind: 'refused', sentence: `The secret ${posting.secret} does not hold what it should.` };
    }
    const reply = await web.post(request.url, JSON.stringify(request.body), end - clock.monotonic());
    return outcomeOf(reply, posting.who, clock.now());
  };
  const value = await secrets.read(posting.secret);
  const outcome = await send(value);
  const outdated =
    outcome.kind === 'refused' && (outcome.status === undefined || OUTDATED.includes(outcome.status));
  if (!outdated) return outcome;
  const other = await secrets.replaced(posting.secret, value);
  return other === undefined ? outcome : send(other);
}
