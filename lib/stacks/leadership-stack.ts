import type { Construct } from 'constructs';
import { onCallTopic } from '../config/names';
import type { Platform } from '../config/platform';
import { LeadershipEndpoint } from '../leadership/leadership-endpoint';
import { LeadershipTable } from '../leadership/leadership-table';
import { Canary } from '../monitoring/cloudwatch/canaries';
import { CanaryResults } from '../monitoring/cloudwatch/canary-results';
import { WitnessHeartbeat } from '../monitoring/cloudwatch/witness-heartbeat';
import { OnCallTopic } from '../monitoring/on-call-topic';
import { Prober } from '../recovery/prober';
import { PlatformStack } from './platform-stack';

/** In the witness region: the leadership table, the witness's endpoint, its prober, and what tells that it lives. */
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
    new WitnessHeartbeat(this, 'Heartbeat', { platform });
    if (!platform.monitoring.canaries) return;
    new OnCallTopic(this, 'OnCall', {
      platform,
      name: onCallTopic(platform),
      description: 'pages of the witness',
    });
    const results = new CanaryResults(this, 'CanaryResults', { platform });
    new Canary(this, 'Canary', {
      platform,
      place: 'witness',
      resultsBucket: results.bucket,
    }).node.addDependency(results);
  }
}
