import { describe, expect, it } from '@jest/globals';
import { BOOTSTRAP_VERSION } from '../../../bin/checks/bootstrap';
import { deployedRegions } from '../../../bin/checks/places';
import { partsIn } from '../../../bin/checks/platform-stacks';
import { publicNames } from '../../../bin/checks/records';
import { ownImages, upstreamRegistries } from '../../../bin/checks/wanted-images';
import { stackName } from '../../../lib/config/names';
import * as upstream from '../../../lib/service/pull-through-cache';
import * as own from '../../../lib/service/repositories';
import * as failover from '../../../lib/traffic/failover-records';
import { synthesize } from '../../support/synth';
import { platform } from '../support/ports';

const VARIANTS = [
  platform(),
  platform(['image: public.ecr.aws/demo/worker:2', 'image: docker.io/demo/worker:2']),
  platform(['image: public.ecr.aws/demo/worker:2', 'image: web:1.0']),
  platform([
    '      - paths: [/*]\n',
    '      - paths: [/*]\n      - { paths: [/*], host: api.demo.example.com }\n',
  ]),
];

describe('what the checks say without loading the CDK', () => {
  it('is what the stacks say', () => {
    for (const one of VARIANTS) {
      expect(ownImages(one)).toEqual(own.ownImages(one));
      expect(upstreamRegistries(one)).toEqual(upstream.upstreamRegistries(one));
      expect(publicNames(one)).toEqual(failover.publicNames(one));
    }
    expect(new Set(VARIANTS.map((one) => publicNames(one).length))).toEqual(new Set([1, 2]));
  });

  it('knows every stack of the app by its name and region', () => {
    const [demo] = VARIANTS;
    if (!demo) throw new Error('There is no platform.');
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
