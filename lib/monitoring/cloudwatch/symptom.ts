import { Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarmName } from '../../config/names';
import type { Platform } from '../../config/platform';
import { type AlarmOwner, type AlarmText, actionsOf, describe } from './alarm';

/**
 * What a person is paged for: one composite over the alarms that may be its reason, so that a failure with five signs is
 * one page, and the page names the signs. It is made beside its children, in their stack: CloudWatch refuses a composite
 * over an alarm that does not exist, and the deletion of an alarm that a composite names.
 *
 * No symptom has a suppressor, not even for a planned switchover or a deployment: writes that stay closed because a
 * switchover is stuck, or errors that a new version brought, are what the page is for. Both take less time than their
 * symptoms wait.
 */
export interface Symptom extends AlarmText {
  /** Ends of the names of the alarms any of which is a reason. */
  readonly anyOf: readonly string[];
  /** Ends of the names of alarms that must hold as well. */
  readonly allOf?: readonly string[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export const RULE_LIMITS = { characters: 10_240, children: 100 } as const;

/** @throws if CloudWatch would refuse the rule for its length */
export function ruleOf(platform: Platform, { name, anyOf, allOf = [] }: Symptom): string {
  const holds = (child: string) => `ALARM("${alarmName(platform, child)}")`;
  const any = anyOf.map(holds).join(' OR ');
  const rule =
    allOf.length === 0 ? any : [anyOf.length > 1 ? `(${any})` : any, ...allOf.map(holds)].join(' AND ');
  const children = new Set([...anyOf, ...allOf]).size;
  if (children === 0 || children > RULE_LIMITS.children || rule.length > RULE_LIMITS.characters)
    throw new RangeError(
      `The alarm ${alarmName(platform, name)} has ${children} children and a rule of ${rule.length} characters; allowed: 1 to ${RULE_LIMITS.children} children, ${RULE_LIMITS.characters} characters.`,
    );
  return rule;
}

/**
 * Makes the composite. It waits for the alarms that it names.
 * @throws if one of them is not in the stack
 */
export function makeSymptom(scope: Construct, owner: AlarmOwner, symptom: Symptom): CfnCompositeAlarm {
  const topics = actionsOf(scope, owner, 'page');
  const made = new CfnCompositeAlarm(scope, symptom.name, {
    alarmName: alarmName(owner.platform, symptom.name),
    alarmDescription: describe(symptom),
    alarmRule: ruleOf(owner.platform, symptom),
    alarmActions: topics,
    okActions: topics,
  });
  const there = new Map(
    Stack.of(scope)
      .node.findAll()
      .flatMap((one) => (one instanceof CfnAlarm ? [[one.alarmName, one] as const] : [])),
  );
  for (const child of [...symptom.anyOf, ...(symptom.allOf ?? [])]) {
    const found = there.get(alarmName(owner.platform, child));
    if (!found) throw new Error(`${symptom.name} names the alarm ${child}, which its stack does not have.`);
    made.addResourceDependency(found);
  }
  return made;
}
