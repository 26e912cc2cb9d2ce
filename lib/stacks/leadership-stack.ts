import type { Construct } from 'constructs';
import type { Platform } from '../config/platform';
import { LeadershipEndpoint } from '../leadership/leadership-endpoint';
import { LeadershipTable } from '../leadership/leadership-table';
import { Prober } from '../recovery/prober';
import { PlatformStack } from './platform-stack';

/** In the witness region: the leadership table, the witness's endpoint and its prober. */
export class LeadershipStack extends PlatformStack {
  constructor(scope: Construct, props: { readonly platform: Platform }) {
    const { platform } = props;
    super(scope, {
      platform,
      region: platform.regions.witness.name,
      part: 'Leadership',
      description: 'who leads',
      holdsData: true,
    });
    const table = new LeadershipTable(this, 'Leadership', { platform });
    new LeadershipEndpoint(this, 'Endpoint', { platform, place: 'witness' }).node.addDependency(table);
    new Prober(this, 'Prober', { platform });
  }
}
