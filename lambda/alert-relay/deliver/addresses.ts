import { parseObject, textIn } from '../read/json';

/** What secrets hold. None of it is ever in a sentence. */

/** @returns the address in a secret: the plain URL, or JSON with the field `url`; undefined if it holds none */
export function urlIn(secret: string): string | undefined {
  const json = parseObject(secret);
  return asUrl(json ? textIn(json, 'url') : secret);
}

/** @returns the address for a channel: that of a field with its name before the one for all */
export function slackUrlIn(secret: string, channel: string): string | undefined {
  const json = parseObject(secret);
  return asUrl(json && textIn(json, channel)) ?? urlIn(secret);
}

/** @returns the key of a PagerDuty service: the plain key, or JSON with the field `routing_key` */
export function routingKeyIn(secret: string): string | undefined {
  const json = parseObject(secret);
  const key = (json ? textIn(json, 'routing_key') : secret)?.trim();
  return key !== undefined && /^[A-Za-z0-9_-]{8,64}$/.test(key) ? key : undefined;
}

function asUrl(text: string | undefined): string | undefined {
  const url = text?.trim();
  return url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url) ? url : undefined;
}
