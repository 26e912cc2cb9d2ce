import { type Check, inEach } from './check';
import { type Finding, ok, todo } from './line';
import { deployedRegions } from './places';
import { platformStacks } from './platform-stacks';
import type { Stack } from './ports';

const DEPLOY = 'npx holdfast deploy';

/** Did an earlier deployment stop halfway, or does one run? */
export const stacks: Check = {
  name: 'stacks',
  asksAws: true,
  tasks: (platform, ports) =>
    inEach(deployedRegions(platform), async (region) => {
      const found = await platformStacks(ports.stacks, platform, region);
      const problems = found.flatMap((stack) => problemOf(stack, region) ?? []);
      if (problems.length > 0) return problems;
      return [
        ok(
          found.length === 0
            ? 'Nothing of the platform is deployed here yet.'
            : `${found.length === 1 ? 'The one stack' : `All ${found.length} stacks`} of the platform here may be deployed again.`,
        ),
      ];
    }),
};

/**
 * What a person must do before a stack can be deployed again.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 * @returns undefined if the CDK can go on by itself
 */
export function problemOf({ name, status, reason, isProtected }: Stack, region: string): Finding | undefined {
  const why = reason === undefined ? '' : ` (${reason.replace(/\.$/, '')})`;
  const aws = (verb: string, ...rest: string[]) =>
    [`aws cloudformation ${verb} --region ${region} --stack-name ${name}`, ...rest].join(' ');
  const deleting = [
    ...(isProtected ? [aws('update-termination-protection', '--no-enable-termination-protection')] : []),
    aws('delete-stack'),
    aws('wait stack-delete-complete'),
    DEPLOY,
  ].join('\n');
  if (status === 'REVIEW_IN_PROGRESS') return undefined;
  if (status.endsWith('_IN_PROGRESS')) {
    return todo(
      `${name} is being changed right now (${status}).`,
      `Wait until it is done, then check again: ${aws('describe-stacks', '--query "Stacks[0].StackStatus"')}`,
    );
  }
  switch (status) {
    case 'ROLLBACK_COMPLETE':
    case 'CREATE_FAILED':
    case 'ROLLBACK_FAILED':
    case 'DELETE_FAILED':
      // The CDK deletes a stack whose creation failed by itself, but not one that is protected.
      if (status === 'ROLLBACK_COMPLETE' && !isProtected) return undefined;
      return todo(`${name} is ${status}${why}: it must go before it can be created again.`, deleting);
    case 'UPDATE_ROLLBACK_FAILED':
      return todo(
        `${name} is ${status}${why}: its last update could not be undone.`,
        `${aws('continue-update-rollback')}\n${DEPLOY}`,
      );
    case 'UPDATE_FAILED':
      return todo(`${name} is ${status}${why}.`, `${aws('rollback-stack')}\n${DEPLOY}`);
    default:
      return status.endsWith('_FAILED')
        ? todo(`${name} is ${status}${why}.`, `See its events: ${aws('describe-stack-events')}`)
        : undefined;
  }
}
