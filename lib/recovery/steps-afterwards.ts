import type { Platform, Role } from '../config/platform';
import type { Step } from './step';
import {
  ALL_SECRETS,
  BY_ALIAS,
  BY_CONDITION,
  cluster,
  instance,
  keyConditions,
  keys,
  OWN_SERVICES,
  onlyEcs,
  onlyIn,
  other,
  own,
  SCALED_TARGETS,
  scaledTargets,
  secrets,
  services,
  snapshots,
} from './step-resources';

/** Only home copies its secrets, so only home's agent copies them again. */
const atHome = (role: Role, resources: readonly string[]): readonly string[] =>
  role === 'home' ? resources : [];
const anyIf = (resources: readonly string[]): readonly string[] => (resources.length > 0 ? ['*'] : []);
const homeKeys = (platform: Platform, role: Role, region: string): readonly string[] =>
  atHome(role, secrets(platform, region).length > 0 ? keys(platform, region) : []);

/** The other side, once this one serves: best effort beside the fence, which needs no answer of it. */
const CLOSING: readonly Step[] = [
  {
    step: 'Find the services of the other side',
    service: 'ECS',
    region: 'other',
    critical: false,
    actions: ['ecs:ListServices'],
    resources: () => ['*'],
    conditions: (platform, role) => ({
      ArnEquals: { 'ecs:cluster': cluster(platform, other(platform, role)) },
    }),
    wildcards: BY_CONDITION,
  },
  {
    step: 'Take them to no task',
    service: 'ECS',
    region: 'other',
    critical: false,
    actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
    resources: (platform, role) => [services(platform, other(platform, role))],
    wildcards: OWN_SERVICES,
  },
  {
    step: 'Read the limits of their scaling',
    service: 'Application Auto Scaling',
    region: 'other',
    critical: false,
    actions: ['application-autoscaling:DescribeScalableTargets'],
    resources: () => ['*'],
    conditions: (platform, role) => onlyIn(other(platform, role)),
    wildcards: BY_CONDITION,
  },
  {
    step: 'Leave their scaling no room',
    service: 'Application Auto Scaling',
    region: 'other',
    critical: false,
    actions: ['application-autoscaling:RegisterScalableTarget'],
    resources: (platform, role) => scaledTargets(platform, other(platform, role)),
    conditions: onlyEcs,
    wildcards: SCALED_TARGETS,
  },
  {
    step: 'Find the security group that admits no application',
    service: 'EC2',
    region: 'other',
    critical: false,
    actions: ['ec2:DescribeSecurityGroups'],
    resources: (platform, role) => anyIf(instance(platform, other(platform, role))),
    conditions: (platform, role) => onlyIn(other(platform, role)),
    wildcards: BY_CONDITION,
  },
  {
    step: 'Move the old primary behind it',
    service: 'RDS',
    region: 'other',
    critical: false,
    actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
    resources: (platform, role) => instance(platform, other(platform, role)),
  },
];

/** Copies of the secrets: each side's own once they parted, and home's to copy again when the sides are rebuilt. */
const SECRETS: readonly Step[] = [
  {
    step: 'Find the copies of the secrets',
    service: 'Secrets Manager',
    region: 'own',
    critical: false,
    actions: ['secretsmanager:ListSecrets'],
    resources: (platform, role) => anyIf(secrets(platform, own(platform, role))),
    conditions: (platform, role) => onlyIn(own(platform, role)),
    wildcards: BY_CONDITION,
  },
  {
    step: 'Detach them, so that they can be changed while the other side is away',
    service: 'Secrets Manager',
    region: 'own',
    critical: false,
    actions: ['secretsmanager:StopReplicationToReplica'],
    resources: (platform, role) => (role === 'standby' ? secrets(platform, own(platform, role)) : []),
    wildcards: ALL_SECRETS,
  },
  {
    step: 'Find the secrets of the side that led',
    service: 'Secrets Manager',
    region: 'other',
    critical: false,
    actions: ['secretsmanager:ListSecrets'],
    resources: (platform, role) => atHome(role, anyIf(secrets(platform, other(platform, role)))),
    conditions: (platform, role) => onlyIn(other(platform, role)),
    wildcards: BY_CONDITION,
  },
  {
    step: 'Read their values',
    service: 'Secrets Manager',
    region: 'other',
    critical: false,
    actions: ['secretsmanager:GetSecretValue'],
    resources: (platform, role) => atHome(role, secrets(platform, other(platform, role))),
    wildcards: ALL_SECRETS,
  },
  {
    step: 'Decrypt them there, and encrypt the new copies',
    service: 'KMS',
    region: 'other',
    critical: false,
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    indirect: true,
    resources: (platform, role) => homeKeys(platform, role, other(platform, role)),
    conditions: (platform, role) => keyConditions(platform, 'data', 'secretsmanager', other(platform, role)),
    wildcards: BY_ALIAS,
  },
  {
    step: 'Write them at home and copy them to the standby again',
    service: 'Secrets Manager',
    region: 'own',
    critical: false,
    actions: [
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:ReplicateSecretToRegions',
    ],
    resources: (platform, role) => atHome(role, secrets(platform, own(platform, role))),
    wildcards: ALL_SECRETS,
  },
  {
    step: 'Encrypt them at home',
    service: 'KMS',
    region: 'own',
    critical: false,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    indirect: true,
    resources: (platform, role) => homeKeys(platform, role, own(platform, role)),
    conditions: (platform, role) => keyConditions(platform, 'data', 'secretsmanager', own(platform, role)),
    wildcards: BY_ALIAS,
  },
];

/** What a new holder does once it serves: each as well as it can be done, none of it a condition of serving. */
export const AFTERWARDS_STEPS: readonly Step[] = [
  ...CLOSING,
  ...SECRETS,
  {
    step: 'Take a base for what is written from now on',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:CreateDBSnapshot'],
    resources: (platform, role) => [...instance(platform, own(platform, role)), ...snapshots(platform, role)],
    wildcards: 'The name of a snapshot ends in the epoch in which it was taken.',
  },
  {
    step: 'Set the retention of backups, if RDS did not take it with the promotion',
    service: 'RDS',
    region: 'own',
    critical: false,
    actions: ['rds:ModifyDBInstance'],
    resources: (platform, role) => instance(platform, own(platform, role)),
  },
];
