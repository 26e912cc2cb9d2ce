import { caller } from '../../checks/aws/call';
import type { OperatorAction } from '../policy';

/** One question with its retries, in milliseconds: a region that has gone must not keep the others waiting. */
const CALL_MS = 5_000;

export const call = caller<OperatorAction>(CALL_MS);
