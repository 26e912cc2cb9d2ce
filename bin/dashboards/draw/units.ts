import type { Unit } from '../../../lib/monitoring/dashboards/panel';

const round = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

function duration(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (Math.abs(seconds) < 1) return `${round(seconds * 1000, 0)} ms`;
  if (Math.abs(seconds) < 120) return `${round(seconds, 1)} s`;
  if (Math.abs(seconds) < 7_200) return `${round(seconds / 60, 1)} min`;
  return `${round(seconds / 3_600, 1)} h`;
}

function bytes(value: number): string {
  const power = value === 0 ? 0 : Math.min(4, Math.floor(Math.log2(Math.abs(value)) / 10));
  return `${round(value / 1024 ** power, 1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${round(value / 1e6, 1)} M`;
  return Math.abs(value) >= 1e4 ? `${round(value / 1e3, 1)} k` : round(value, 2);
}

const TEXTS: Readonly<Record<Unit, (value: number) => string>> = {
  none: (value) => round(value, 2),
  short,
  percentunit: (value) => `${round(value * 100, 1)} %`,
  s: duration,
  d: (value) => `${round(value, 0)} days`,
  bytes,
  Bps: (value) => `${bytes(value)}/s`,
  reqps: (value) => `${short(value)} req/s`,
  ops: (value) => `${short(value)}/s`,
  currencyUSD: (value) => `$${round(value, 2)}`,
};

/** A value as a person reads it. */
export const shown = (value: number, unit: Unit): string => TEXTS[unit](value);
