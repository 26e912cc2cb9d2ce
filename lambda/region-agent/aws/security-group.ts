import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '../../runtime/clock';
import { HoldfastError } from '../../runtime/errors';
import { ONE_ATTEMPT, sender } from './request';

/** There must be exactly one group of a name. */
export class NoSuchGroup extends HoldfastError {
  constructor(
    readonly group: string,
    readonly region: string,
    readonly found: number,
  ) {
    super(`There must be one security group ${group} in ${region}, but there are ${found}.`);
  }
}

/** Finds security groups of a region by their name, because what AWS invents never crosses a region. */
export type GroupIds = (name: string) => Promise<string>;

/** @returns gives the id of a group, and throws `NoSuchGroup` unless there is exactly one of that name */
export function groupIds(region: string, clock: Clock): GroupIds {
  const client = new EC2Client({ region, ...ONE_ATTEMPT });
  const send = sender(clock);
  return async (name) => {
    const command = new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }] });
    const { SecurityGroups: found = [] } = await send(
      `Finding the security group ${name} in ${region}`,
      (abortSignal) => client.send(command, { abortSignal }),
    );
    const [group] = found;
    if (!group?.GroupId || found.length > 1) throw new NoSuchGroup(name, region, found.length);
    return group.GroupId;
  };
}
