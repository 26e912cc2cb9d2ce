import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { quarantineGroup } from '../../lambda/region-agent/contract';
import { parseCidr } from '../config/cidr';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';

export const DATABASE_PORT = 5432;
export const CACHE_PORT = 6379;
/** AMQP over TLS. */
export const BROKER_PORT = 5671;
/** NFS, over TLS. */
export const FILES_PORT = 2049;

const EVERYWHERE = '0.0.0.0/0';
export const ALL_OUTBOUND = [{ ipProtocol: '-1', cidrIp: EVERYWHERE, description: 'All outbound traffic' }];
const PORT_MAX = 65_535;

/**
 * What tasks may send. Where the database is an external one, its port leads nowhere but to its addresses, and there only
 * for the clients of the database: no task reaches another server on that port by mistake or on purpose.
 */
export function tasksOutbound({ database }: Platform): CfnSecurityGroup.EgressProperty[] {
  if (database?.kind !== 'external') return ALL_OUTBOUND;
  const tcp = (fromPort: number, toPort: number) =>
    fromPort > toPort
      ? []
      : [{ ipProtocol: 'tcp', fromPort, toPort, cidrIp: EVERYWHERE, description: 'All but the database' }];
  return [
    ...tcp(0, database.port - 1),
    ...tcp(database.port + 1, PORT_MAX),
    { ipProtocol: 'udp', fromPort: 0, toPort: PORT_MAX, cidrIp: EVERYWHERE, description: 'All of UDP' },
    { ipProtocol: 'icmp', fromPort: -1, toPort: -1, cidrIp: EVERYWHERE, description: 'All of ICMP' },
  ];
}

function databaseOutbound({ database }: Platform): CfnSecurityGroup.EgressProperty[] {
  if (database?.kind !== 'external') return ALL_OUTBOUND;
  const { port, cidr } = database;
  return [
    {
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIp: parseCidr(cidr)?.normal ?? cidr,
      description: 'The external database',
    },
  ];
}
/** EC2 adds "all outbound" to a group without a rule; this one matches nothing and keeps it away. */
export const NO_OUTBOUND = [
  {
    ipProtocol: 'icmp',
    fromPort: 252,
    toPort: 86,
    cidrIp: '255.255.255.255/32',
    description: 'No outbound traffic',
  },
];

const entrance = (port: number, cidrIp: string, description: string): CfnSecurityGroup.IngressProperty => ({
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  cidrIp,
  description,
});

/**
 * Who may talk to whom in a region, in one place; the properties are ids. A service gets a group of its own (its stack)
 * and joins the client groups of what it uses; so that nothing which holds data has to know the services.
 */
export class SecurityGroups extends Construct {
  readonly balancer: string;
  readonly database: string;
  readonly databaseClients: string;
  readonly cache: string;
  readonly cacheClients: string;
  readonly broker: string;
  readonly brokerClients: string;
  /** Functions inside the VPC. */
  readonly functions: string;
  /** For an old primary that was put away: functions of Holdfast only. The agent finds it by its name. */
  readonly quarantine: string;
  private readonly vpcId: string;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly vpcId: string }) {
    super(scope, id);
    const { edge } = props.platform;
    this.vpcId = props.vpcId;
    const balancer = this.group('Balancer', 'Load balancer: HTTP and HTTPS from everywhere', ALL_OUTBOUND);
    balancer.securityGroupIngress = [
      ...[edge.httpPort, edge.httpsPort].map((port) => entrance(port, EVERYWHERE, 'Public entrance')),
      ...edge.test.addresses.map((address) =>
        entrance(edge.test.port, address, 'New sets of tasks, before they get traffic'),
      ),
    ];
    acknowledge(balancer, {
      'AwsSolutions-EC23':
        'The balancer is the public entrance of the platform; AWS WAF stands in front of it.',
    });
    this.balancer = balancer.attrGroupId;
    this.databaseClients = this.group(
      'DatabaseClients',
      'Members may reach the database',
      databaseOutbound(props.platform),
    ).attrGroupId;
    this.cacheClients = this.group(
      'CacheClients',
      'Members may reach the cache',
      tasksOutbound(props.platform),
    ).attrGroupId;
    this.brokerClients = this.group(
      'BrokerClients',
      'Members may reach the brokers',
      tasksOutbound(props.platform),
    ).attrGroupId;
    this.functions = this.group(
      'Functions',
      'Functions of Holdfast inside the VPC',
      ALL_OUTBOUND,
    ).attrGroupId;
    this.database = this.group('Database', 'Database: its clients only', NO_OUTBOUND).attrGroupId;
    this.cache = this.group('Cache', 'Cache: its clients only', NO_OUTBOUND).attrGroupId;
    this.broker = this.group('Broker', 'Brokers: their clients only', NO_OUTBOUND).attrGroupId;
    this.quarantine = this.group(
      'Quarantine',
      'Old primary that was put away: functions of Holdfast only',
      NO_OUTBOUND,
      quarantineGroup(props.platform.name),
    ).attrGroupId;
    this.admit('DatabaseFromClients', this.database, DATABASE_PORT, this.databaseClients);
    this.admit('DatabaseFromFunctions', this.database, DATABASE_PORT, this.functions);
    this.admit('QuarantineFromFunctions', this.quarantine, DATABASE_PORT, this.functions);
    this.admit('CacheFromClients', this.cache, CACHE_PORT, this.cacheClients);
    this.admit('CacheFromFunctions', this.cache, CACHE_PORT, this.functions);
    this.admit('BrokerFromClients', this.broker, BROKER_PORT, this.brokerClients);
  }

  private group(
    id: string,
    groupDescription: string,
    securityGroupEgress: CfnSecurityGroup.EgressProperty[],
    groupName?: string,
  ): CfnSecurityGroup {
    return new CfnSecurityGroup(this, id, {
      vpcId: this.vpcId,
      groupDescription,
      securityGroupEgress,
      ...(groupName === undefined ? {} : { groupName }),
    });
  }

  private admit(id: string, groupId: string, port: number, sourceSecurityGroupId: string): void {
    new CfnSecurityGroupIngress(this, id, {
      groupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      sourceSecurityGroupId,
    });
  }
}
