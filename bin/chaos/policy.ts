/** Actions of `holdfast chaos` beside those of the operator's policy. */
export const CHAOS_ACTIONS = [
  'fis:GetExperiment',
  'fis:ListExperimentTemplates',
  'fis:StartExperiment',
  'fis:StopExperiment',
] as const;
export type ChaosAction = (typeof CHAOS_ACTIONS)[number];

/** The smallest IAM policy of `holdfast chaos` beside docs/iam-operator-policy.json, as docs/iam-chaos-policy.json has it. */
export function chaosPolicy(): string {
  const Statement = [
    { Effect: 'Allow', Action: 'fis:ListExperimentTemplates', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['fis:GetExperiment', 'fis:StartExperiment', 'fis:StopExperiment'],
      Resource: ['arn:aws:fis:*:*:experiment/*', 'arn:aws:fis:*:*:experiment-template/*'],
    },
    // FIS makes its own role in the account with the first experiment.
    {
      Effect: 'Allow',
      Action: 'iam:CreateServiceLinkedRole',
      Resource: 'arn:aws:iam::*:role/aws-service-role/fis.amazonaws.com/*',
      Condition: { StringEquals: { 'iam:AWSServiceName': 'fis.amazonaws.com' } },
    },
  ];
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}
