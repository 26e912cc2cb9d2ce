import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Records at the resource itself why a rule of cdk-nag does not apply to it.
 * @param rules rule id (with the finding in brackets where the rule has several) -> reason for a security reviewer
 */
export function acknowledge(construct: IConstruct, rules: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(rules)) Validations.of(construct).acknowledge({ id, reason });
}
