import { type DdlMessage, MESSAGES } from '../../archive/contract';
import { decode } from '../../archive/pgoutput/decode';

/** What the archiver itself learns from a logical message. */
export type OwnMessage =
  | { readonly kind: 'heartbeat'; readonly atMs: number }
  | { readonly kind: 'ddl'; readonly fingerprint: string };

/** Bytes before the prefix: the kind, the flags, the position. */
const PREFIX_AT = 10;
const OWN = Buffer.from('holdfast.');

/** @returns undefined for a message of somebody else, or one that says nothing to the archiver */
export function ownMessage(bytes: Buffer, from: number, to: number): OwnMessage | undefined {
  const start = from + PREFIX_AT;
  if (start + OWN.length > to || bytes.compare(OWN, 0, OWN.length, start, start + OWN.length) !== 0) {
    return undefined;
  }
  const message = decode(bytes.subarray(from, to));
  if (message.kind !== 'message') return undefined;
  if (message.prefix === MESSAGES.heartbeat) {
    const { at_ms: atMs } = contentOf(message.content);
    return typeof atMs === 'number' ? { kind: 'heartbeat', atMs } : undefined;
  }
  if (message.prefix !== MESSAGES.ddl) return undefined;
  const { fingerprint }: Partial<Record<keyof DdlMessage, unknown>> = contentOf(message.content);
  return typeof fingerprint === 'string' ? { kind: 'ddl', fingerprint } : undefined;
}

/** Anybody who may write messages may write one with such a prefix: what is no JSON object says nothing, and is archived. */
function contentOf(content: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(Buffer.from(content).toString());
    return typeof found === 'object' && found !== null ? Object.fromEntries(Object.entries(found)) : {};
  } catch {
    return {};
  }
}
