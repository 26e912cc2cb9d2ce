import type { Platform } from '../../lib/config/platform';
import { type Check, inEach } from './check';
import { type Finding, ok, todo } from './line';
import { deployedRegions } from './places';
import type { Bootstrap, Stacks } from './ports';

/** What the templates demand (`MINIMUM_BOOTSTRAP_STACK_VERSION` of aws-cdk-lib; a test holds it equal). */
export const BOOTSTRAP_VERSION = 6;
const STACK = 'CDKToolkit';

/** Has the CDK its bucket and its roles in every region that gets a stack? */
export const bootstrap: Check = {
  name: 'bootstrap',
  asksAws: true,
  tasks: (platform, ports) =>
    inEach(deployedRegions(platform), async (region) => [
      await bootstrapped(platform, region, ports.bootstrap, ports.stacks),
    ]),
};

async function bootstrapped(
  { account }: Platform,
  region: string,
  port: Bootstrap,
  stacks: Stacks,
): Promise<Finding> {
  const fix = `npx cdk bootstrap aws://${account}/${region}`;
  const version = await port.version(region);
  if (version !== undefined && version >= BOOTSTRAP_VERSION) return ok(`Bootstrapped, version ${version}.`);
  if (version !== undefined) {
    return todo(
      `Bootstrapped with version ${version}; the templates need ${BOOTSTRAP_VERSION} or later.`,
      fix,
    );
  }
  const isHalf = (await stacks.list(region)).some(({ name }) => name === STACK);
  return isHalf
    ? todo(`There is a stack ${STACK}, but no version of it: it is very old, or failed halfway.`, fix)
    : todo('The region is not bootstrapped: the CDK has no place there to deploy from.', fix);
}
