/** An IPv4 block as the range of its addresses. */
export interface Block {
  readonly first: number;
  readonly last: number;
  /** The block in its usual form, with the bits of the host at zero. */
  readonly normal: string;
}

/** @returns undefined if it is no block, an octet is above 255 or the prefix above 32 */
export function parseCidr(text: string): Block | undefined {
  if (!/^(\d+\.){3}\d+\/\d+$/.test(text)) return undefined;
  const [address = '', length = ''] = text.split('/');
  const octets = address.split('.').map(Number);
  const prefix = Number(length);
  if (octets.some((octet) => octet > 255) || prefix > 32) {
    return undefined;
  }
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(value / size) * size;
  const normal = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return { first, last: first + size - 1, normal: `${normal}/${prefix}` };
}

export const overlap = (a: Block, b: Block): boolean => a.first <= b.last && b.first <= a.last;
