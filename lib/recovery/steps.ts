import type { Step } from './step';
import { AFTERWARDS_STEPS } from './steps-afterwards';
import { REBUILD_STEPS } from './steps-rebuild';
import { TAKEOVER_STEPS } from './steps-takeover';

/**
 * Every call that a region agent makes, with the region it depends on: the one table from which its policy is built and
 * `docs/failover-steps.md` is written, and to which a test holds the agent's code.
 *
 * A takeover needs the own region and one reachable region of the leadership table, nothing else: no call of a critical
 * step goes to the other region, to the witness or to a control plane that lives in one region for all, as those of
 * Route 53 and IAM do in us-east-1.
 */
export const STEPS: readonly Step[] = [...TAKEOVER_STEPS, ...AFTERWARDS_STEPS, ...REBUILD_STEPS];
