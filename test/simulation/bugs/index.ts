import type { Bug } from '../history/run';
import { OF_THE_FENCE } from './of-the-fence';
import { OF_THE_LEASE } from './of-the-lease';
import { OF_THE_RECORD } from './of-the-record';

/** Mistakes that somebody could make, by what they do; the simulation must find each. None is a switch in the product. */
export const BUGS: Readonly<Record<string, Bug>> = { ...OF_THE_RECORD, ...OF_THE_LEASE, ...OF_THE_FENCE };
