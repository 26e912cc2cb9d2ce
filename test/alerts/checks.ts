import type { Check } from './check';
import { dashboardProblems } from './dashboards';
import { inhibitionProblems } from './inhibition';
import { checkRules, testRules } from './promtool';
import { routingProblems } from './routing';

/** In the order in which they run. */
export const CHECKS: readonly Check[] = [
  { name: 'promtool accepts the rules of both regions', ofFiles: true, run: checkRules },
  { name: 'every alert fires when it should and only then', ofFiles: true, run: testRules },
  { name: 'amtool takes every alert to its receivers', ofFiles: false, run: routingProblems },
  {
    name: 'a real alert manager mutes, groups and tells as it should',
    ofFiles: false,
    run: inhibitionProblems,
  },
  { name: 'every panel shows something of a day with a failover', ofFiles: false, run: dashboardProblems },
];
