import type { Construct } from 'constructs';
import { EDGE_REGION, edgeAlarmsTopic } from '../config/names';
import type { Platform } from '../config/platform';
import { EdgeAlarms } from '../monitoring/edge-alarms';
import { EdgeSubscriptions } from '../monitoring/edge-subscriptions';
import { OnCallTopic } from '../monitoring/on-call-topic';
import { Cdn } from '../traffic/cdn';
import { FailoverRecords } from '../traffic/failover-records';
import { RegionChecks } from '../traffic/region-checks';
import { PlatformStack } from './platform-stack';

/** What stands above the regions: the failover records, their health checks, the alarms on these, and a CDN. */
export class EdgeStack extends PlatformStack {
  constructor(scope: Construct, props: { readonly platform: Platform }) {
    const { platform } = props;
    super(scope, {
      platform,
      region: EDGE_REGION,
      part: 'Edge',
      description: 'failover records and health checks',
      holdsData: false,
    });
    const records = new FailoverRecords(this, 'Failover', { platform });
    const { checks } = new RegionChecks(this, 'Regions', { platform });
    const { topicArn } = new OnCallTopic(this, 'OnCall', {
      platform,
      name: edgeAlarmsTopic(platform),
      description: 'notifications of the edge',
    });
    const { cdn } = platform.edge;
    if (cdn) new Cdn(this, 'Cdn', { platform, cdn, topicArn });
    new EdgeSubscriptions(this, 'Subscriptions', { platform, topicArn });
    new EdgeAlarms(this, 'Alarms', {
      platform,
      topicArn,
      standbyLeads: records.standbyLeads,
      endpointChecks: records.endpointChecks,
      regionChecks: checks,
    });
  }
}
