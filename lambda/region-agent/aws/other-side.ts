import { quarantineGroup } from '../contract';
import type { OtherSide } from '../ports';
import { type Rds, statusOf } from './rds';
import { isBehindOnly } from './rebuild';
import { forEach } from './request';
import { type RegionServices, resize } from './resize';
import type { GroupIds } from './security-group';

/** The other region's own endpoints. */
export interface OtherRegion extends RegionServices {
  /** Undefined without a managed database. */
  readonly database:
    | { readonly api: Rds; readonly groupId: GroupIds; readonly identifier: string }
    | undefined;
}

/** With room above a floor of 0 the load could start tasks again. */
const NOTHING = { min: 0, desired: 0, max: 0 };

/**
 * Best effort beside the fence, which has closed that side by itself: no step waits for another, and what fails is told
 * at the end. There is no undoing here: that side's own sizes come back when it leads or a person starts its services.
 */
export function otherRegion(platform: string, other: OtherRegion): OtherSide {
  const parts = [
    { name: 'services', close: () => resize('Stopping services', other, () => NOTHING, Math.min) },
    { name: 'database', close: () => shutOff(platform, other) },
  ];
  return {
    close: () =>
      forEach(
        'Closing the other side',
        parts,
        ({ name }) => name,
        ({ close }) => close(),
      ),
  };
}

async function shutOff(platform: string, { database }: OtherRegion): Promise<void> {
  if (!database) return;
  const { api, groupId, identifier } = database;
  const found = await api.describe(identifier);
  // A replica was made by the failback recipe since, and a run that comes late must not shut it off.
  if (!found || statusOf(found).source !== null) return;
  const group = await groupId(quarantineGroup(platform));
  if (!isBehindOnly(found, group)) await api.modify(identifier, { VpcSecurityGroupIds: [group] });
}
