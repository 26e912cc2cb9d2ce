/**
 * What a region writes at a file system that it gives up: that it did, that a recovery point of it is being made, that it is
 * there. The epoch is part of it, because what was saved before the lead moved does not hold what was written since; and
 * each time that files are given up begins anew, for the same reason.
 */
export interface Mark {
  readonly step: (typeof STEPS)[number];
  readonly epoch: number;
  /** When they were given up (milliseconds since 1970); from then on the job of AWS Backup. */
  readonly by: string;
}

const STEPS = ['given', 'saving', 'saved'] as const;

export const textOf = ({ step, epoch, by }: Mark): string => `${step} ${epoch} ${by}`;

/** @returns the mark of that epoch; undefined if there is none, or one of another epoch */
export function markOf(text: string | undefined, epoch: number): Mark | undefined {
  const [said, of, by, ...more] = (text ?? '').split(' ');
  const step = STEPS.find((one) => one === said);
  if (!step || Number(of) !== epoch || !by || more.length > 0) return undefined;
  return { step, epoch, by };
}
