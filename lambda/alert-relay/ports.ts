/** Everything outside the relay. */

/** What a server said, or in which way it said nothing. */
export type Reply =
  | {
      readonly kind: 'answer';
      /** HTTP status. */
      readonly status: number;
      /** Value of the header `Retry-After`. */
      readonly retryAfter: string | undefined;
      /** Why it refuses, in words that hold nothing of the address; empty if it does not say. */
      readonly reason: string;
    }
  /** No connection, or none that lasted; `code` as Node names it, never an address. */
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'timeout' };

/** Sends JSON by HTTP POST. */
export interface Web {
  /**
   * One attempt. Never follows a redirection.
   * @param url from a secret, so it is never part of an answer or an error
   */
  post(url: string, body: string, timeoutMs: number): Promise<Reply>;
}

/** Secrets Manager of the own region. */
export interface Secrets {
  /**
   * @returns the current value
   * @throws `SecretUnreadable`, with the name of the secret only
   */
  read(name: string): Promise<string>;
}

/** Topics with the addresses of receivers. */
export interface Mail {
  /** @throws `MailRefused` */
  send(topicArn: string, subject: string, text: string): Promise<void>;
}

/** CloudWatch of the other region. */
export interface Peer {
  /**
   * @param atMs when the watchdog fired, in milliseconds since 1970
   * @throws whatever the SDK throws
   */
  beat(atMs: number): Promise<void>;
}

/** Chance. */
export interface Dice {
  /** @returns from 0 to below 1 */
  roll(): number;
}

export interface World {
  readonly web: Web;
  readonly secrets: Secrets;
  readonly mail: Mail;
  readonly peer: Peer;
  readonly dice: Dice;
}
