/** @returns seconds of a duration such as `1m30s`, `500ms` or `10` (nanoseconds are no use here); undefined if it is none */
export function secondsOf(text: string): number | undefined {
  const source = text.trim();
  if (/^\d+$/.test(source)) return Number(source);
  if (!/^(\d+(\.\d+)?(us|ms|h|m|s))+$/.test(source)) return undefined;
  return [...source.matchAll(/(\d+(?:\.\d+)?)(us|ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * (SECONDS[unit] ?? 1),
    0,
  );
}

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6 };

/** @returns MiB of a size such as `512M`, `1.5g` or `1073741824`, rounded up; undefined if it is none */
export function mibOf(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const bytes = Number(amount) * 1024 ** ' kmgt'.indexOf((unit || ' ').toLowerCase());
  return Math.ceil(bytes / 1024 ** 2);
}
