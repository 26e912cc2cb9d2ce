import { DRILL_TAG, DRILLS, reportKey } from '../../lambda/restore-drill/contract';

/** Actions of `holdfast drill --aws`. A switchover needs those of the operator's policy as well. */

/** What only reads. */
export const READ_ACTIONS = [
  'ec2:DescribeSecurityGroups',
  'rds:DescribeDBInstances',
  's3:GetObject',
  's3:ListBucket',
] as const;

/** What makes, changes and deletes replicas of a drill, or starts the function that restores. */
export const CHANGE_ACTIONS = [
  'lambda:InvokeFunction',
  'rds:CreateDBInstanceReadReplica',
  'rds:DeleteDBInstance',
  'rds:ModifyDBInstance',
  'rds:PromoteReadReplica',
  'rds:RebootDBInstance',
] as const;

export type DrillAction = (typeof READ_ACTIONS)[number] | (typeof CHANGE_ACTIONS)[number];

const rds = (resource: string): string => `arn:aws:rds:*:*:${resource}`;
const OWN = rds('db:*-promotion-drill-*');
const ARCHIVE = 'arn:aws:s3:::*-archive-*';
const folderOf = (key: string): string => `${key.split('/')[0]}/*`;
const FOLDERS = [folderOf(DRILLS), folderOf(reportKey(''))];

/** What each thing of RDS is allowed for is bound to the names of drills; what changes or deletes, to their tag as well. */
const STATEMENTS = [
  { Action: ['ec2:DescribeSecurityGroups', 'rds:DescribeDBInstances'], Resource: '*' },
  { Action: ['logs:FilterLogEvents'], Resource: 'arn:aws:logs:*:*:log-group:/holdfast/*' },
  { Action: ['dynamodb:GetItem'], Resource: 'arn:aws:dynamodb:*:*:table/*-leadership' },
  {
    Action: ['rds:CreateDBInstanceReadReplica'],
    Resource: [OWN, rds('db:*-db'), rds('subgrp:*-db'), rds('pg:*'), rds('og:default:postgres-*')],
  },
  { Action: ['rds:AddTagsToResource'], Resource: OWN },
  {
    Action: [
      'rds:DeleteDBInstance',
      'rds:ModifyDBInstance',
      'rds:PromoteReadReplica',
      'rds:RebootDBInstance',
    ],
    Resource: OWN,
    Condition: { Null: { [`aws:ResourceTag/${DRILL_TAG}`]: 'false' } },
  },
  // The parameters that a replica is to have.
  { Action: ['rds:ModifyDBInstance'], Resource: rds('pg:*') },
  {
    Action: ['kms:CreateGrant', 'kms:DescribeKey'],
    Resource: 'arn:aws:kms:*:*:key/*',
    Condition: {
      StringLike: { 'kms:ViaService': 'rds.*.amazonaws.com' },
      'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/*-data' },
      BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' },
    },
  },
  { Action: ['lambda:InvokeFunction'], Resource: 'arn:aws:lambda:*:*:function:*-restore-drill' },
  {
    Action: ['s3:ListBucket'],
    Resource: ARCHIVE,
    Condition: { StringLike: { 's3:prefix': FOLDERS } },
  },
  { Action: ['s3:GetObject'], Resource: FOLDERS.map((folder) => `${ARCHIVE}/${folder}`) },
  {
    Action: ['kms:Decrypt'],
    Resource: 'arn:aws:kms:*:*:key/*',
    Condition: {
      StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' },
      'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/*-data' },
    },
  },
] as const;

/** The smallest IAM policy with which `drill --aws` does all it can, as `docs/iam-drill-policy.json` has it. */
export const drillPolicy = (): string =>
  `${JSON.stringify({ Version: '2012-10-17', Statement: STATEMENTS.map((one) => ({ Effect: 'Allow', ...one })) }, null, 2)}\n`;
