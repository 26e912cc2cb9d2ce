import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

/** A key and a certificate for it, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

/** Issues certificates for servers of this machine; whoever shall trust them is handed `certificate`. */
export interface Authority {
  readonly certificate: string;
  /** @param names hosts; a first label `*` stands for any one label. Valid also for `localhost` and 127.0.0.1. */
  issue(names: readonly string[]): Certificate;
}

const HOUR_MS = 3_600_000;

/**
 * Makes a certificate for the loopback interface (`localhost` and 127.0.0.1), valid for a day.
 * It is its own authority: hand `certificate` to whoever must trust it.
 */
export function selfSigned(): Certificate {
  const key = newKey();
  const subject = commonName('localhost');
  // An authority, because it must be accepted as its own issuer.
  const extensions = [alternativeNames([]), AUTHORITY];
  return { key, certificate: signed({ subject, issuer: subject, key, issuerKey: key, extensions }) };
}

/** Makes a certificate authority, valid for a day. */
export function makeAuthority(): Authority {
  const issuerKey = newKey();
  const issuer = commonName(`holdfast local authority ${randomBytes(4).toString('hex')}`);
  return {
    certificate: signed({ subject: issuer, issuer, key: issuerKey, issuerKey, extensions: [AUTHORITY] }),
    issue(names) {
      const key = newKey();
      const extensions = [alternativeNames(names)];
      return {
        key,
        certificate: signed({ subject: commonName('localhost'), issuer, key, issuerKey, extensions }),
      };
    },
  };
}

/** A private key in PEM. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

interface Contents {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  /** Private keys in PEM. */
  readonly key: string;
  readonly issuerKey: string;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, section 4.1. */
function signed({ subject, issuer, key, issuerKey, extensions }: Contents): string {
  const publicKey: KeyObject = createPublicKey(createPrivateKey(key));
  const now = Date.now();
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(ECDSA_SHA256),
    issuer,
    sequence(time(now - HOUR_MS), time(now + 24 * HOUR_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, issuerKey)]));
  const whole = sequence(body, sequence(ECDSA_SHA256), signature);
  // No empty line at the end: OpenSSL refuses one.
  const lines = (whole.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** One value in DER: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const set = (part: Buffer): Buffer => der(0x31, part);
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA_SHA256 = identifier('2a8648ce3d040302');
const COMMON_NAME = identifier('550403');
const ALTERNATIVE_NAME = identifier('551d11');
const BASIC_CONSTRAINTS = identifier('551d13');
const TRUE = der(0x01, Buffer.from([0xff]));
/** The critical extension that makes a certificate one that may sign others. */
const AUTHORITY = sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE)));

const commonName = (name: string): Buffer =>
  sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));

function alternativeNames(names: readonly string[]): Buffer {
  const hosts = ['localhost', ...names].map((name) => der(0x82, Buffer.from(name)));
  const address = der(0x87, Buffer.from([127, 0, 0, 1]));
  return sequence(ALTERNATIVE_NAME, der(0x04, sequence(...hosts, address)));
}

/** UTCTime: YYMMDDhhmmssZ. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}
