import type { Ended } from '../recover/telling';
import { backOut } from './back-out';
import { cutOver } from './cutover';
import { follow } from './follow';
import type { BackOutOptions, CutOverOptions, ImportWork } from './ports';
import { prepare } from './prepare';
import { status } from './status';
import { verify } from './verify';

export const STEPS = ['prepare', 'follow', 'cutover', 'verify', 'back-out', 'status'] as const;
export type Step = (typeof STEPS)[number];

/** Does one step of an import. Each may be said again after whatever became of it. */
export const runStep: Readonly<
  Record<Step, (work: ImportWork, options: CutOverOptions & BackOutOptions) => Promise<Ended>>
> = { prepare, follow, cutover: cutOver, verify, 'back-out': backOut, status };
