import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Platform } from '../../lib/config/platform';
import { platforms } from '../config/arbitrary';
import { publicAddresses, publicDoors, secretValues, secretVariables } from '../support/invariants/exposure';
import {
  ANY_RESOURCE,
  actionsOnAnything,
  openFunctions,
  openResources,
  roleProblems,
  wholeServices,
  wildcardActions,
} from '../support/invariants/permissions';
import {
  crossRegionReaders,
  foreignArns,
  foreignImports,
  inventedIds,
  nameProblems,
} from '../support/invariants/regions';
import { unclassifiedTypes, unprotected } from '../support/invariants/stateful';
import { functionProblems, logGroupProblems, overLimits } from '../support/invariants/upkeep';
import { type Synthesized, synthesize } from '../support/synth';

/** Everything that must hold of the templates of a platform, whatever it is; one sentence per violation. */
const violations = (synth: Synthesized, { name, account }: Platform): string[] => [
  ...foreignImports(synth),
  ...crossRegionReaders(synth),
  ...foreignArns(synth, name),
  ...inventedIds(synth),
  ...nameProblems(synth),
  ...secretValues(synth, name),
  ...secretVariables(synth, name),
  ...publicDoors(synth),
  ...publicAddresses(synth),
  ...wildcardActions(synth),
  ...actionsOnAnything(synth).filter((action) => !(action in ANY_RESOURCE)),
  ...wholeServices(synth),
  ...openResources(synth, account),
  ...roleProblems(synth),
  ...openFunctions(synth),
  ...unclassifiedTypes(synth),
  ...unprotected(synth),
  ...functionProblems(synth),
  ...logGroupProblems(synth),
  ...overLimits(synth),
];

describe('any valid platform', () => {
  it('synthesizes, and every invariant holds of its templates', () => {
    fc.assert(
      fc.property(platforms(), (platform) => {
        expect(violations(synthesize(platform), platform)).toEqual([]);
      }),
      // A synth takes a second or two; a failure is made smaller for half a minute at most.
      { numRuns: 15, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  }, 150_000);
});
