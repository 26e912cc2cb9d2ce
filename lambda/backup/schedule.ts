import { HoldfastError } from '../runtime/errors';
import type { Component, Schedule } from './contract';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The settings name a time that does not exist. */
export class NoTimeOfDay extends HoldfastError {
  constructor(readonly at: string) {
    super(`${at} is no time of day; allowed: 00:00 to 23:59.`);
  }
}

/** @returns the latest moment at or before `nowMs` at which it was `at` in UTC, in milliseconds since 1970 */
export function lastTime(at: string, nowMs: number): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  if (hours === undefined || minutes === undefined) throw new NoTimeOfDay(at);
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const today = midnight + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return today <= nowMs ? today : today - DAY_MS;
}

/** @returns the latest moment at or before `nowMs` of those that follow each other since midnight in UTC */
export function lastSlot(everyMinutes: number, nowMs: number): number {
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const every = everyMinutes * MINUTE_MS;
  return midnight + Math.floor((nowMs - midnight) / every) * every;
}

/** A time that has passed and must have a backup. */
export interface Due {
  readonly schedule: string;
  /** Milliseconds since 1970. */
  readonly dueMs: number;
}

/**
 * The latest time of each schedule that covers a component, oldest first. An earlier one that was missed cannot be made
 * up for: a backup is of the moment in which it is taken.
 */
export function dueOf(component: Component, schedules: readonly Schedule[], nowMs: number): readonly Due[] {
  return schedules
    .filter(({ covers }) => covers.includes(component))
    .map(({ name, at }) => ({ schedule: name, dueMs: lastTime(at, nowMs) }))
    .sort((a, b) => a.dueMs - b.dueMs);
}

/** @returns `20261121-0200` */
export function stampOf(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
}

/** @returns milliseconds since 1970; undefined if it is no stamp */
export function timeOfStamp(stamp: string): number | undefined {
  const [, year, month, day, hours, minutes] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)$/.exec(stamp) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:00Z`);
  return Number.isNaN(ms) || stampOf(ms) !== stamp ? undefined : ms;
}

/** @returns `2026-11-21T02:00:00.000Z` */
export const isoOf = (ms: number): string => new Date(ms).toISOString();
