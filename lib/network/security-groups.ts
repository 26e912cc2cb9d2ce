import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';

export const DATABASE_PORT = 5432;
export const CACHE_PORT = 6379;

/**
 * Who may talk to whom in a region, in one place. A service gets a group of its own (its stack) and joins the client
 * groups of what it uses; so neither the database nor the cache has to know the services.
 */
export class SecurityGroups extends Construct {
  readonly balancer: SecurityGroup;
  readonly database: SecurityGroup;
  readonly databaseClients: SecurityGroup;
  readonly cache: SecurityGroup;
  readonly cacheClients: SecurityGroup;
  /** Functions inside the VPC. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly vpc: IVpc }) {
    super(scope, id);
    const { platform, vpc } = props;
    this.balancer = this.group(vpc, 'Balancer', 'Load balancer: HTTP and HTTPS from everywhere', true);
    for (const port of [platform.edge.httpPort, platform.edge.httpsPort]) {
      this.balancer.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'Public entrance');
    }
    acknowledge(this.balancer, {
      'AwsSolutions-EC23':
        'The balancer is the public entrance of the platform; AWS WAF stands in front of it.',
    });
    this.databaseClients = this.group(vpc, 'DatabaseClients', 'Members may reach the database', true);
    this.cacheClients = this.group(vpc, 'CacheClients', 'Members may reach the cache', true);
    this.functions = this.group(vpc, 'Functions', 'Functions of Holdfast inside the VPC', true);
    this.database = this.group(vpc, 'Database', 'Database: its clients only', false);
    this.cache = this.group(vpc, 'Cache', 'Cache: its clients only', false);
    this.admit(this.database, DATABASE_PORT, [this.databaseClients, this.functions]);
    this.admit(this.cache, CACHE_PORT, [this.cacheClients, this.functions]);
  }

  private group(vpc: IVpc, id: string, description: string, allowAllOutbound: boolean): SecurityGroup {
    return new SecurityGroup(this, id, { vpc, description, allowAllOutbound });
  }

  private admit(target: SecurityGroup, port: number, clients: readonly SecurityGroup[]): void {
    for (const client of clients) target.addIngressRule(client, Port.tcp(port), `From ${client.node.id}`);
  }
}
