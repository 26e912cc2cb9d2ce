/**
 * A drill as it is written down: each step as an object of its own, which is put once and never changed. So two runs that
 * take the same step at once find out, and whatever a crash leaves behind, the last object says where to go on.
 */

export const STEPS = ['restoring', 'filling', 'comparing', 'removing', 'ended'] as const;
export type Step = (typeof STEPS)[number];

export interface DrillRecord {
  /** `20260131t0200`: when it began, in UTC; it names the copies. */
  readonly id: string;
  readonly step: Step;
  readonly beganMs: number;
  /** Errors in a row in this step. */
  readonly failures: number;
  /** What the second copy is made from; the first is the native one, of the latest time that RDS can restore. */
  readonly base: { readonly snapshot: string } | { readonly timeMs: number };
  readonly nativeTimeMs: number;
  /** Commit time of the archive's last transaction when the drill began; null if there is no archive. */
  readonly archiveHeadUs: string | null;
  /** When both copies took connections, and when the second had all that the first has; null before. */
  readonly availableMs: number | null;
  readonly filledMs: number | null;
  readonly transactions: number;
  readonly tables: number;
  readonly rows: string;
  readonly outcome: 'succeeded' | 'failed' | null;
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[];
  /** When the last drill that succeeded began; null if none has. */
  readonly lastSuccessMs: number | null;
  /** When the first drill of all began: before it none can be overdue. */
  readonly firstMs: number;
}

/** Seconds from the beginning of a drill until the topped-up copy could have been used. */
export const rtoSeconds = ({ beganMs, filledMs }: DrillRecord): number | undefined =>
  filledMs === null ? undefined : (filledMs - beganMs) / 1000;

/** Seconds of the last writes that neither the archive nor RDS could have given back when the drill began. */
export function rpoSeconds({ beganMs, nativeTimeMs, archiveHeadUs }: DrillRecord): number {
  const archiveMs = archiveHeadUs === null ? 0 : Number(BigInt(archiveHeadUs) / 1000n);
  return Math.max(0, (beganMs - Math.max(nativeTimeMs, archiveMs)) / 1000);
}

const DAY_MS = 86_400_000;

/** @returns whether a new drill is to begin. @param last the last one; undefined if there was none */
export const isDue = (last: DrillRecord | undefined, nowMs: number, everyDays: number): boolean =>
  last === undefined || (last.step === 'ended' && nowMs - last.beganMs >= everyDays * DAY_MS);

/** @returns whether the last success is older than it may be; without any, the first drill's beginning counts */
export function isOverdue(
  last: DrillRecord | undefined,
  nowMs: number,
  { everyDays, graceDays }: { readonly everyDays: number; readonly graceDays: number },
): boolean {
  if (last === undefined) return false;
  const since = last.lastSuccessMs ?? last.firstMs;
  const days = last.lastSuccessMs === null ? graceDays : everyDays + graceDays;
  return nowMs - since > days * DAY_MS;
}

/** Names of the copies. @param prefix `drillPrefix` */
export const copiesOf = (prefix: string, { id }: Pick<DrillRecord, 'id'>) => ({
  native: `${prefix}${id}-native`,
  topped: `${prefix}${id}-topped`,
});
