import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { metricsAddressParameter } from '../../config/names';
import type { Platform } from '../../config/platform';

/**
 * Says under a name that both regions know where the metrics of this one are. Grafana is in one of them and shows both,
 * and what AWS invents never crosses a region in a template.
 */
export class MetricsAddress extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { platform, endpoint }: { readonly platform: Platform; readonly endpoint: string },
  ) {
    super(scope, id);
    new CfnParameter(this, 'Parameter', {
      name: metricsAddressParameter(platform),
      description: `${platform.name}: where the metrics of this region are`,
      type: 'String',
      value: endpoint,
    });
  }
}
