import { request as http, type IncomingMessage } from 'node:http';
import { request as https } from 'node:https';
import type { Reply, Web } from '../ports';

const USER_AGENT = 'holdfast-alert-relay';
/** So many characters of an answer are read. */
const TEXT_MAX = 2_000;

/** A connection for each message: a kept one may have died while the function was frozen. */
export const web: Web = {
  post(url, body, timeoutMs) {
    return new Promise((resolve) => {
      const target = new URL(url);
      const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': USER_AGENT,
      };
      const send = target.protocol === 'http:' ? http : https;
      const failed = (error: unknown): void =>
        resolve(signal.aborted ? { kind: 'timeout' } : unreachable(error));
      const request = send(target, { method: 'POST', agent: false, signal, headers }, (response) => {
        response.on('error', failed);
        void answer(response).then(resolve, failed);
      });
      request.on('error', failed);
      request.end(body);
    });
  },
};

async function answer(response: IncomingMessage): Promise<Reply> {
  const { statusCode: status = 0, headers } = response;
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    text += part;
    if (text.length > TEXT_MAX) break;
  }
  return {
    kind: 'answer',
    status,
    retryAfter: headers['retry-after'],
    reason: reasonIn(text),
  };
}

/**
 * Why a server refuses, if it says so in a few plain words: Slack with a single one (`channel_not_found`), PagerDuty in the
 * field `status`. All else may repeat the address that was asked for, as the pages of many servers do.
 */
function reasonIn(text: string): string {
  const [, status] = /^\s*\{\s*"status"\s*:\s*"([a-z ]{2,40})"/.exec(text) ?? [];
  return status ?? /^\s*([a-z_]{2,40})\s*$/.exec(text)?.[1] ?? '';
}

/** The message of an error may hold the address; its code does not. */
function unreachable(error: unknown): Reply {
  const named = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return { kind: 'unreachable', code: typeof named === 'string' ? named : 'no connection' };
}
