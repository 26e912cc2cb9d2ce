/**
 * How each type of resource is paid for. A type that stands nowhere here would be missing from the bill without anybody
 * noticing, so a test refuses it.
 */
export type Billing =
  /** By a line of the estimate, in the region of the resource. */
  | { readonly kind: 'line'; readonly name: string }
  /** By nothing that is worth a line, or by something else's line. */
  | { readonly kind: 'free'; readonly why: string };

const line = (name: string): Billing => ({ kind: 'line', name });
const free = (why: string): Billing => ({ kind: 'free', why });

const SETTING = free('a setting of something that has its own price');
const PERMISSION = free('permissions are free');
const NETWORK = free('addresses, routes and groups of a VPC are free');
const AT_DEPLOYMENT = free('runs when stacks are deployed, for seconds');

const LINES: Readonly<Record<string, Billing>> = {
  'AWS::AmazonMQ::Broker': line('message brokers'),
  'AWS::ApiGatewayV2::Api': line('leadership endpoint'),
  'AWS::APS::Workspace': line('Prometheus: samples in'),
  'AWS::CloudFront::Distribution': line('traffic to users'),
  'AWS::CloudWatch::Alarm': line('alarms'),
  'AWS::CloudWatch::CompositeAlarm': line('alarms'),
  'AWS::CloudWatch::Dashboard': line('dashboards in CloudWatch'),
  'AWS::DynamoDB::GlobalTable': line('leadership record'),
  'AWS::EC2::EIP': line('public addresses'),
  'AWS::EC2::NatGateway': line('NAT gateways'),
  'AWS::ECR::Repository': line('images'),
  'AWS::EFS::FileSystem': line('shared files'),
  'AWS::ElastiCache::ReplicationGroup': line('cache'),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': line('load balancer'),
  'AWS::Grafana::Workspace': line('Grafana'),
  'AWS::KMS::Key': line('keys and secrets'),
  'AWS::Lambda::EventSourceMapping': line('alert relay and heartbeat'),
  'AWS::RDS::DBInstance': line('database'),
  'AWS::Route53::HealthCheck': line('health checks'),
  'AWS::SecretsManager::Secret': line('keys and secrets'),
  'AWS::Synthetics::Canary': line('canaries'),
  'AWS::WAFv2::WebACL': line('AWS WAF'),
};

const OTHERS: Readonly<Record<string, Billing>> = {
  'AWS::ECS::Service': free('its tasks are lines of their own: of the services, the collector, the archiver'),
  'AWS::Lambda::Function': free(
    'paid by its runs: the agent, the relay, the endpoint and what the clock starts',
  ),
  'AWS::Backup::BackupVault': free(
    'paid by what it holds: locked backups have a line, and shared files are saved only before they are overwritten',
  ),
  'AWS::Logs::LogGroup': free('paid by what is written: the line of the logs'),
  'AWS::S3::Bucket': free('paid by what it holds: the lines of objects, the archive and the copies'),
  'AWS::Scheduler::Schedule': free('paid by its starts: the line of what the clock starts'),
  'AWS::SNS::Topic': free('paid by messages: alerts are rare beside the heartbeat, which has a line'),
  'AWS::SQS::Queue': free('paid by requests: those of its readers have a line, messages are few beside them'),
  'AWS::EC2::VPCEndpoint': free('gateways to S3 and DynamoDB are free; interface endpoints have a line'),
  'AWS::Events::Rule': free('events of AWS itself are free'),
  'AWS::SSM::Parameter': free('standard parameters are free'),
  'AWS::CertificateManager::Certificate': free('public certificates are free'),
  'AWS::EC2::FlowLog': free('only refused connections are logged; they are in the line of the logs'),
  'AWS::ECS::Cluster': free('a cluster of Fargate is free; Container Insights has a line'),
  'AWS::ECS::TaskDefinition': free('a description; tasks are paid while they run'),
  'AWS::FIS::ExperimentTemplate': free('paid by the minute of an experiment: 0.10 USD for each action'),
  'AWS::Route53::RecordSet': free('aliases are free to ask for; the zone is there already'),
  'AWS::SSM::Document': free('documents are free; runs of them are paid by the step'),
};

/** Types by the beginning of their name, for services of which nothing else has a price; the first that fits counts. */
const FAMILIES: readonly (readonly [beginning: string, billing: Billing])[] = [
  ['AWS::IAM::', PERMISSION],
  ['AWS::Lambda::', free('permissions, versions and settings of functions')],
  ['AWS::EC2::', NETWORK],
  ['AWS::ApiGatewayV2::', SETTING],
  ['AWS::ApplicationAutoScaling::', free('scaling is free; its alarms are made outside of the templates')],
  ['AWS::APS::', free('rules are paid by the samples that they read: the line of what is kept and read')],
  ['AWS::AmazonMQ::Config', SETTING],
  ['AWS::Backup::', SETTING],
  ['AWS::CloudFormation::', AT_DEPLOYMENT],
  ['AWS::CloudFront::', SETTING],
  ['AWS::ECR::', SETTING],
  ['AWS::ECS::', SETTING],
  ['AWS::EFS::', SETTING],
  ['AWS::ElastiCache::', SETTING],
  ['AWS::ElasticLoadBalancingV2::', SETTING],
  ['AWS::KMS::', SETTING],
  ['AWS::Logs::', SETTING],
  ['AWS::RDS::', SETTING],
  ['AWS::S3::', SETTING],
  ['AWS::SNS::', SETTING],
  ['AWS::SQS::', SETTING],
  ['AWS::SecretsManager::', SETTING],
  ['AWS::WAFv2::', SETTING],
  ['Custom::', AT_DEPLOYMENT],
];

/** Types below a family that have a price of their own and no line yet: none of them may hide in their family. */
const NOT_IN_THEIR_FAMILY = [
  'AWS::EC2::Instance',
  'AWS::EC2::TransitGateway',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayPeeringAttachment',
  'AWS::EC2::VPNConnection',
  'AWS::EC2::Volume',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ServerlessCache',
  'AWS::KMS::ReplicaKey',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBProxy',
  'AWS::RDS::CustomDBEngineVersion',
];

/** @returns how a type of resource is paid for; undefined where nobody has said */
export function billingOf(type: string): Billing | undefined {
  const exact = LINES[type] ?? OTHERS[type];
  if (exact || NOT_IN_THEIR_FAMILY.includes(type)) return exact;
  return FAMILIES.find(([beginning]) => type.startsWith(beginning))?.[1];
}
