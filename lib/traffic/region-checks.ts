import { CfnHealthCheck } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { regionDomain } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { checkedPath } from './checked-path';

/**
 * Does the application answer in each region, asked from all over the world under the region's fixed name? For alarms
 * and people; it decides nothing, because a region that answers is not a region that may write.
 */
export class RegionChecks extends Construct {
  readonly checks: ReadonlyMap<Role, CfnHealthCheck>;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    const path = checkedPath(platform);
    const roles: readonly Role[] =
      platform.regions.standby.tier === 'pilot-light' ? ['home'] : ['home', 'standby'];
    this.checks = new Map(
      path === undefined
        ? []
        : roles.map((role) => [
            role,
            new CfnHealthCheck(this, role, {
              healthCheckConfig: {
                type: 'HTTPS',
                fullyQualifiedDomainName: regionDomain(platform, role),
                port: platform.edge.httpsPort,
                resourcePath: path,
                requestInterval: platform.edge.healthCheckIntervalSeconds,
                failureThreshold: 3,
                enableSni: true,
              },
              healthCheckTags: [
                { key: 'Name', value: `${platform.name}: the application in the ${role} region` },
              ],
            }),
          ]),
    );
  }
}
