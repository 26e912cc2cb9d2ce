import { caller } from '../../checks/aws/call';
import type { DrillAction } from '../policy';

/** One request with its retries, in milliseconds. */
const CALL_MS = 30_000;

export const call = caller<DrillAction>(CALL_MS);
