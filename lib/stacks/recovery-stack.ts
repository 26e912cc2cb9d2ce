import type { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { FirstRecord } from '../leadership/first-record';
import { LeadershipEndpoint } from '../leadership/leadership-endpoint';
import type { FoundationStack } from './foundation-stack';
import { PlatformStack } from './platform-stack';

/** What decides and tells which region leads, beside the table: the first record at home, the standby's endpoint. */
export class RecoveryStack extends PlatformStack {
  constructor(
    scope: Construct,
    props: { readonly platform: Platform; readonly role: Role; readonly foundation: FoundationStack },
  ) {
    const { platform, role } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Recovery',
      description: `leadership of the ${role} region`,
      holdsData: false,
    });
    const logKey = props.foundation.keys.operations;
    if (role === 'home') new FirstRecord(this, 'FirstRecord', { platform, logKey });
    else new LeadershipEndpoint(this, 'Endpoint', { platform, place: 'standby', logKey });
  }
}
