import { databaseArn, databaseIdentifier, databaseMonitoringRoleArn } from '../config/names';
import type { Step } from './step';
import {
  BY_ALIAS,
  BY_CONDITION,
  BY_EPOCH,
  BY_STACK,
  ifManaged,
  instance,
  keyConditions,
  keys,
  onlyIn,
  other,
  own,
  parameterGroup,
  quarantined,
  rds,
  readReplicas,
  snapshots,
} from './step-resources';

/**
 * The failback recipe, in the region of the side that is rebuilt. Nothing of it is on the way of a takeover, and nothing
 * of it deletes a primary: only copies for reads are ever deleted.
 */
export const REBUILD_STEPS: readonly Step[] = [
  {
    step: 'Look for the last snapshot of the old primary',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:DescribeDBSnapshots'],
    resources: (platform, role) => [
      ...instance(platform, own(platform, role)),
      ...quarantined(platform, role),
      ...snapshots(platform, role),
    ],
    wildcards: BY_EPOCH,
  },
  {
    step: 'Find the security groups of the database and of the quarantine',
    service: 'EC2',
    region: 'own',
    critical: false,
    actions: ['ec2:DescribeSecurityGroups'],
    resources: (platform, role) => (instance(platform, own(platform, role)).length > 0 ? ['*'] : []),
    conditions: (platform, role) => onlyIn(own(platform, role)),
    wildcards: BY_CONDITION,
  },
  {
    step: 'Rename the old primary and move it behind the quarantine; give the new replica its parameters',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:ModifyDBInstance'],
    resources: (platform, role) => [
      ...instance(platform, own(platform, role)),
      ...quarantined(platform, role),
      // The new replica gets the parameters of the template after it was made.
      ...parameterGroup(platform, role),
    ],
    wildcards: BY_EPOCH,
  },
  {
    step: 'Make a replica under the same identifier, and the copies for reads',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:CreateDBInstanceReadReplica'],
    resources: (platform, role) =>
      ifManaged(platform, ({ major }) => [
        databaseArn(platform, own(platform, role)),
        // RDS asks the region of the source too, by a request that the caller has signed.
        databaseArn(platform, other(platform, role)),
        ...readReplicas(platform, role),
        rds(platform, role, `subgrp:${databaseIdentifier(platform)}`),
        ...parameterGroup(platform, role),
        rds(platform, role, `pg:default.postgres${major}`),
        rds(platform, role, `og:default:postgres-${major}`),
      ]),
    wildcards: BY_STACK,
  },
  {
    step: 'Restart it with them',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:RebootDBInstance'],
    resources: (platform, role) => instance(platform, own(platform, role)),
  },
  {
    step: 'Tag it',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:AddTagsToResource'],
    indirect: true,
    resources: (platform, role) => [
      ...instance(platform, own(platform, role)),
      ...readReplicas(platform, role),
    ],
  },
  {
    step: 'Let it report the metrics of its host',
    service: 'IAM',
    region: 'own',
    critical: false,
    actions: ['iam:PassRole'],
    indirect: true,
    resources: (platform, role) =>
      ifManaged(platform, () => [databaseMonitoringRoleArn(platform, own(platform, role))]),
    conditions: () => ({
      StringEquals: { 'iam:PassedToService': ['monitoring.rds.amazonaws.com', 'rds.amazonaws.com'] },
    }),
  },
  {
    step: 'Encrypt it with the key of its region',
    service: 'KMS',
    region: 'own',
    critical: false,
    actions: ['kms:CreateGrant', 'kms:DescribeKey'],
    indirect: true,
    resources: (platform, role) => ifManaged(platform, () => keys(platform, own(platform, role))),
    conditions: (platform, role) => keyConditions(platform, 'data', 'rds', own(platform, role)),
    wildcards: BY_ALIAS,
  },
  {
    step: 'Let RDS read what its source is encrypted with',
    service: 'KMS',
    region: 'other',
    critical: false,
    actions: ['kms:CreateGrant', 'kms:DescribeKey'],
    indirect: true,
    resources: (platform, role) => ifManaged(platform, () => keys(platform, other(platform, role))),
    conditions: (platform, role) => ({
      ...keyConditions(platform, 'data', 'rds', other(platform, role)),
      // Only a request for a grant carries this key, so a request that describes the key has to pass without it.
      BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' },
    }),
    wildcards: BY_ALIAS,
  },
  {
    step: 'Delete a copy for reads that hangs on the old primary',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:DeleteDBInstance'],
    resources: readReplicas,
  },
];
