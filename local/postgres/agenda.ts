/** When jobs of pg_cron are due: every so many seconds, or at the minutes of a schedule of five fields, in UTC. */

/** Values of one field; undefined if the text is none. */
type Field = ReadonlySet<number>;

interface Schedule {
  readonly minutes: Field;
  readonly hours: Field;
  readonly days: Field;
  readonly months: Field;
  readonly weekdays: Field;
  /** The last day of each month, which pg_cron calls `$`. */
  readonly lastDay: boolean;
  /** If neither is `*`, a day counts that is in either of the two, as with every cron. */
  readonly eitherDay: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const PART = /^(?:\*|([0-9]+|[a-z]{3})(?:-([0-9]+|[a-z]{3}))?)(?:\/([0-9]+))?$/;

/** @returns undefined if it is no schedule of five fields */
export function parseSchedule(text: string): Schedule | undefined {
  const [minute, hour, day, month, weekday, ...rest] = text.trim().toLowerCase().split(/\s+/);
  if (minute === undefined || hour === undefined || day === undefined) return undefined;
  if (month === undefined || weekday === undefined || rest.length > 0) return undefined;
  const lastDay = day === '$';
  const minutes = fieldOf(minute, 0, 59);
  const hours = fieldOf(hour, 0, 23);
  const days = lastDay ? new Set<number>() : fieldOf(day, 1, 31);
  const months = fieldOf(month, 1, 12, MONTHS);
  // Sunday is 0 and 7.
  const week = fieldOf(weekday, 0, 7, WEEKDAYS);
  if (!minutes || !hours || !days || !months || !week) return undefined;
  const weekdays = new Set([...week].map((one) => one % 7));
  const eitherDay = !day.startsWith('*') && !weekday.startsWith('*');
  return { minutes, hours, days, months, weekdays, lastDay, eitherDay };
}

function fieldOf(
  text: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): Field | undefined {
  const values = new Set<number>();
  const numberOf = (word: string): number => {
    const named = names.indexOf(word);
    return named >= 0 ? named + least : Number(word);
  };
  for (const part of text.split(',')) {
    const found = PART.exec(part);
    if (!found) return undefined;
    const [, from, to, every = '1'] = found;
    const first = from === undefined ? least : numberOf(from);
    const last = from === undefined ? most : to === undefined ? first : numberOf(to);
    const step = Number(every);
    if (!(first >= least && first <= last && last <= most && step > 0)) return undefined;
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}

/** @param at any moment of the minute that is asked about */
export function isIn(schedule: Schedule, at: Date): boolean {
  const { minutes, hours, days, months, weekdays, lastDay, eitherDay } = schedule;
  if (!minutes.has(at.getUTCMinutes()) || !hours.has(at.getUTCHours())) return false;
  if (!months.has(at.getUTCMonth() + 1)) return false;
  const tomorrow = new Date(at.getTime() + 86_400_000).getUTCDate();
  const isDay = days.has(at.getUTCDate()) || (lastDay && tomorrow === 1);
  const isWeekday = weekdays.has(at.getUTCDay());
  return eitherDay ? isDay || isWeekday : isDay && isWeekday;
}

const MINUTE_MS = 60_000;

/**
 * Tells for each job when it is to run. Minutes of schedules may be shorter than others: from the beginning on the clock
 * then goes faster for them. Seconds are never shortened.
 */
export class Agenda {
  readonly #beganMs: number;
  /** Of jobs every so many seconds: when they are next due; of the others: the minute that has been looked at. */
  readonly #next = new Map<string, number>();

  /**
   * @param minuteMs how long a minute of a schedule lasts
   * @param now milliseconds since 1970
   */
  constructor(
    private readonly minuteMs: number,
    private readonly now: () => number,
  ) {
    this.#beganMs = now();
  }

  /** Asked again and again, it says yes once for each time that a job is to run. */
  isDue(job: string, schedule: string): boolean {
    const [, seconds] = /^(\d+) seconds?$/.exec(schedule) ?? [];
    return seconds === undefined ? this.#atMinute(job, schedule) : this.#everySeconds(job, Number(seconds));
  }

  #everySeconds(job: string, seconds: number): boolean {
    const now = this.now();
    if (now < (this.#next.get(job) ?? 0)) return false;
    this.#next.set(job, now + seconds * 1000);
    return true;
  }

  /** A job that is new in a minute waits for the next one. */
  #atMinute(job: string, text: string): boolean {
    const schedule = parseSchedule(text);
    const passedMs = ((this.now() - this.#beganMs) * MINUTE_MS) / this.minuteMs;
    const minute = Math.floor((this.#beganMs + passedMs) / MINUTE_MS);
    const last = this.#next.get(job) ?? minute;
    this.#next.set(job, minute);
    return minute !== last && schedule !== undefined && isIn(schedule, new Date(minute * MINUTE_MS));
  }
}
