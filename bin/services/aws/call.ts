import { caller } from '../../checks/aws/call';
import type { ServicesAction } from '../policy';

/** One question with its retries, in milliseconds: a region that has gone must not keep the others waiting. */
const CALL_MS = 8_000;

export const call = caller<ServicesAction>(CALL_MS);
