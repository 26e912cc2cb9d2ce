import { authorities } from './authorities';
import { bootstrap } from './bootstrap';
import { cache } from './cache';
import type { Check } from './check';
import { database } from './database';
import { delegation, hostedZone } from './hosted-zone';
import { images } from './images';
import { leadership, timings } from './leadership';
import { quotas } from './quotas';
import { records } from './records';
import { regions, zones } from './regions';
import { roles } from './roles';
import { secrets } from './secrets';
import { stacks } from './stacks';
import { upstreamImages } from './upstream-images';

/** All checks but that of the credentials, which comes before them, in the order of the table. */
export const CHECKS: readonly Check[] = [
  regions,
  zones,
  bootstrap,
  stacks,
  hostedZone,
  delegation,
  authorities,
  records,
  leadership,
  roles,
  quotas,
  database,
  cache,
  images,
  upstreamImages,
  secrets,
  timings,
];
