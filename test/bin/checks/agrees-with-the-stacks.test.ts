import { describe, expect, it } from '@jest/globals';
import { BOOTSTRAP_VERSION } from '../../../bin/checks/bootstrap';
import { deployedRegions } from '../../../bin/checks/places';
import { partsIn } from '../../../bin/checks/platform-stacks';
import { stackName } from '../../../lib/config/names';
import { synthesize } from '../../support/synth';
import { platform } from '../support/ports';

describe('what the checks say without loading the CDK', () => {
  it('knows every stack of the app by its name and region', () => {
    const demo = platform();
    const { stacks } = synthesize(demo).assembly;
    const known = deployedRegions(demo).flatMap((region) =>
      partsIn(demo, region).map((part) => stackName(demo, region, part)),
    );
    expect(stacks.length).toBeGreaterThan(10);
    expect(stacks.map((stack) => stack.stackName).filter((name) => !known.includes(name))).toEqual([]);
    expect([...new Set(stacks.map(({ environment }) => environment.region))].sort()).toEqual(
      deployedRegions(demo).sort(),
    );
    expect(new Set(stacks.map((stack) => stack.requiresBootstrapStackVersion))).toEqual(
      new Set([BOOTSTRAP_VERSION]),
    );
  });
});
