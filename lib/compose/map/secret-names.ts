import { slugOf } from './names';

/** Words of a name that say that its value is secret. */
const SECRET_WORDS = new Set(
  'PASSWORD PASSWD PASS PWD PASSPHRASE SECRET SECRETS TOKEN CREDENTIAL CREDENTIALS APIKEY DSN SALT PEPPER WEBHOOK'.split(
    ' ',
  ),
);
/** Last words that say that it is a key or a login. */
const KEY_WORDS = new Set(['KEY', 'KEYS', 'AUTH']);
/** Last words of a name that speak of a secret and hold none. */
const HARMLESS_ENDS = new Set(
  'TTL EXPIRE EXPIRES EXPIRY EXPIRATION SECONDS MINUTES HOURS DAYS LIFETIME LENGTH NAME ALGORITHM ENABLED PREFIX HEADER TYPE ID ISSUER AUDIENCE MIN MAX REQUIRED METHOD METHODS MODE PATH DIR FILE'.split(
    ' ',
  ),
);

/** Values that are secret whatever they are called. */
const SECRET_VALUES: readonly RegExp[] = [
  /[a-z][\w+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(sk|rk|pk)_live_\w{8,}/,
  /\bsk-[\w-]{16,}/,
  /\bgh[pousr]_\w{20,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  /\bhttps:\/\/hooks\.slack\.com\//,
  /[?&;](password|passwd|pwd|token|secret|api_?key)=[^&;\s]+/i,
  /\b(password|pwd)\s*=\s*[^;\s]+/i,
];

/** Whether a text holds something secret by its shape: a key of a known kind, an address with a password. */
export const holdsSecret = (text: string): boolean => SECRET_VALUES.some((pattern) => pattern.test(text));

/** Whether a variable is secret by its name, or by its value if that is known. In doubt it is. */
export function looksSecret(name: string, value: string | undefined): boolean {
  if (value !== undefined && holdsSecret(value)) return true;
  if (value !== undefined && /^(true|false|yes|no|on|off|)$/i.test(value.trim())) {
    // A switch; but an empty value may be one that is filled in elsewhere.
    if (value.trim() !== '') return false;
  }
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  if (HARMLESS_ENDS.has(last) || words.includes('PUBLIC') || words.includes('PUBLISHABLE')) return false;
  if (/^UR[IL]$|^ENDPOINT$/.test(last)) return value === undefined || words.includes('WEBHOOK');
  if (last === 'BASE' && words.at(-2) === 'KEY') return true;
  return (
    KEY_WORDS.has(last) ||
    words.some((word) => SECRET_WORDS.has(word) || /(PASSWORD|SECRET|APIKEY)$/.test(word))
  );
}

/** A shorter value is any word. */
const SHORTEST = 6;

/** @returns the values of the variables that are secret, for a look whether they stand elsewhere too */
export const secretValues = (
  environment: ReadonlyMap<string, { readonly value: string | undefined }>,
): string[] =>
  [...environment].flatMap(([name, { value }]) =>
    value !== undefined && value.length >= SHORTEST && looksSecret(name, value) ? [value] : [],
  );

/** @returns a name that a secret of a platform file may have */
export function secretName(text: string): string {
  const slug = slugOf(text, 32, 'secret');
  const reserved = slug === 'cache' || /^database(-(owner|agent|archive|monitor))?$/.test(slug);
  // Secrets Manager ends ARNs in a hyphen and six characters; a name that ends so would not be found.
  return reserved || /-[a-z0-9]{6}$/.test(slug) ? `${slug}-value` : slug;
}
