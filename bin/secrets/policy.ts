/** Actions of the commands on secrets and configuration files; docs/iam-secrets-policy.json holds them. */
export const SECRET_ACTIONS = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
] as const;
export type SecretAction = (typeof SECRET_ACTIONS)[number];

/**
 * The smallest IAM policy of `holdfast secrets`. Put the name of the platform where `*` begins the name of a secret, so that
 * one platform's people cannot read another's. A person who may only look needs no `GetSecretValue`: lengths and shapes are
 * told as unknown then.
 */
export function secretsPolicy(): string {
  const Statement = [
    { Effect: 'Allow', Action: [...SECRET_ACTIONS], Resource: 'arn:aws:secretsmanager:*:*:secret:*/*' },
    // The key that encrypts the secrets of a region, and only through Secrets Manager.
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
    },
  ];
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}
