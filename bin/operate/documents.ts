import { CHAOS_ACTIONS } from '../chaos/policy';
import { ACTIONS as CHECK_ACTIONS } from '../checks/policy';
import { DEPLOY_ACTIONS } from '../deploy/policy';
import { MAKE_ACTIONS, READ_ACTIONS as RECOVERY_READS } from '../recover/policy';
import { SECRET_ACTIONS } from '../secrets/policy';
import { CHANGE_ACTIONS, READ_ACTIONS as SERVICES_READS } from '../services/policy';
import { OPERATOR_ACTIONS, TABLE_ACTIONS } from './policy';

/** The policy documents, in the order in which they are named: the first that has an action. */
const DOCUMENTS: readonly (readonly [document: string, actions: readonly string[]])[] = [
  ['docs/iam-operator-policy.json', [...OPERATOR_ACTIONS, ...TABLE_ACTIONS, ...CHECK_ACTIONS]],
  ['docs/iam-services-policy.json', [...SERVICES_READS, ...CHANGE_ACTIONS]],
  ['docs/iam-deploy-policy.json', DEPLOY_ACTIONS],
  ['docs/iam-recovery-policy.json', [...RECOVERY_READS, ...MAKE_ACTIONS]],
  ['docs/iam-chaos-policy.json', CHAOS_ACTIONS],
  ['docs/iam-secrets-policy.json', SECRET_ACTIONS],
];

/** @returns path of the policy that allows an action, for a person who lacks it */
export const documentOf = (action: string): string =>
  DOCUMENTS.find(([, actions]) => actions.includes(action))?.[0] ?? 'docs/iam-operator-policy.json';
