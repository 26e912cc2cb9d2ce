/** Actions of `deploy` and `destroy`, beside those of the operator's policy, which their checks need. */

/** What `destroy` calls itself. Stacks that hold data refuse it: they are protected against it. */
export const DEPLOY_ACTIONS = ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'] as const;
export type DeployAction = (typeof DEPLOY_ACTIONS)[number];

/** What the CDK needs of the caller: everything else its own roles may, which `cdk bootstrap` has made. */
const BESIDE = ['sts:AssumeRole'] as const;

const RESOURCES: Readonly<Record<string, string>> = {
  'cloudformation:DeleteStack': 'arn:aws:cloudformation:*:*:stack/*',
  'sts:AssumeRole': 'arn:aws:iam::*:role/cdk-*',
};

/** What a person needs beside `docs/iam-operator-policy.json` to deploy and to destroy, as `docs/iam-deploy-policy.json` has it. */
export function deployPolicy(): string {
  const actions = [...DEPLOY_ACTIONS, ...BESIDE].sort();
  const Statement = [...new Set(actions.map(resourceOf))].map((Resource) => ({
    Effect: 'Allow',
    Action: actions.filter((action) => resourceOf(action) === Resource),
    Resource,
  }));
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

const resourceOf = (action: string): string => RESOURCES[action] ?? '*';
