import type { Resource, Synthesized } from '../synth';

/** Which resources hold something that cannot be made again, and what keeps them. */

/** For each such type the properties that CloudFormation can only change by making a new, empty resource. */
export const CREATE_ONLY: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBInstance': [
    'DBInstanceIdentifier',
    'DBName',
    'DBSubnetGroupName',
    'Engine',
    'KmsKeyId',
    'MasterUsername',
    'SourceDBInstanceIdentifier',
    'SourceRegion',
    'StorageEncrypted',
  ],
  'AWS::ElastiCache::ReplicationGroup': [
    'AtRestEncryptionEnabled',
    'CacheSubnetGroupName',
    'KmsKeyId',
    'Port',
    'ReplicationGroupId',
  ],
  'AWS::AmazonMQ::Broker': [
    'AuthenticationStrategy',
    'BrokerName',
    'DeploymentMode',
    'EncryptionOptions',
    'EngineType',
    'PubliclyAccessible',
    'StorageType',
    'SubnetIds',
  ],
  'AWS::APS::Workspace': ['KmsKeyArn'],
  'AWS::EFS::FileSystem': ['AvailabilityZoneName', 'Encrypted', 'KmsKeyId', 'PerformanceMode'],
  'AWS::Backup::BackupVault': ['BackupVaultName', 'EncryptionKeyArn'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::DynamoDB::GlobalTable': ['KeySchema', 'TableName'],
  'AWS::ECR::Repository': ['EncryptionConfiguration', 'RepositoryName'],
};

/** Types that can be made again from the template, or hold nothing of their own. A new type belongs in one list. */
export const STATELESS: readonly string[] = [
  'AWS::APS::RuleGroupsNamespace',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFormation::LambdaHook',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECR::PullThroughCacheRule',
  'AWS::ECS::Cluster',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::EFS::AccessPoint',
  'AWS::EFS::MountTarget',
  'AWS::ElastiCache::ParameterGroup',
  'AWS::ElastiCache::SubnetGroup',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule',
  'AWS::Grafana::Workspace',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::Delivery',
  'AWS::Logs::DeliveryDestination',
  'AWS::Logs::DeliverySource',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::Route53::HealthCheck',
  'AWS::Route53::RecordSet',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::Synthetics::Canary',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
];

export interface Stateful {
  readonly stack: string;
  readonly id: string;
  readonly resource: Resource;
}

/** A copy for reads in the same region holds nothing that its source does not. */
const isReadReplica = ({ Type, Properties }: Resource): boolean =>
  Type === 'AWS::RDS::DBInstance' && /-db-read-\d+$/.test(String(Properties.DBInstanceIdentifier));
/** The key of the Edge stack encrypts notifications on their way and nothing that is kept. */
const isKeyOfNotifications = (stack: string, { Type }: Resource): boolean =>
  Type === 'AWS::KMS::Key' && stack.endsWith('-Edge');

/** Everything in the templates that holds data. */
export const statefulResources = ({ templates }: Synthesized): Stateful[] =>
  [...templates].flatMap(([stack, template]) =>
    Object.entries(template.Resources).flatMap(([id, resource]) =>
      resource.Type in CREATE_ONLY && !isReadReplica(resource) && !isKeyOfNotifications(stack, resource)
        ? [{ stack, id, resource }]
        : [],
    ),
  );

/** Types of the templates that nobody has said anything about. */
export const unclassifiedTypes = ({ templates }: Synthesized): string[] =>
  [
    ...new Set(
      [...templates.values()].flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
    ),
  ]
    .filter((type) => !type.startsWith('Custom::') && !(type in CREATE_ONLY) && !STATELESS.includes(type))
    .sort();

/** Resources with data that a change of the template could take away. */
export function unprotected(synth: Synthesized): string[] {
  const guarded = new Map(synth.assembly.stacks.map((s) => [s.stackName, s.terminationProtection === true]));
  return statefulResources(synth).flatMap(({ stack, id, resource }) => [
    ...(resource.DeletionPolicy === 'RetainExceptOnCreate' && resource.UpdateReplacePolicy === 'Retain'
      ? []
      : [
          `${stack}: ${id} goes with the template (${resource.DeletionPolicy}, ${resource.UpdateReplacePolicy}).`,
        ]),
    ...(guarded.get(stack) ? [] : [`${stack} holds ${id} and may be deleted.`]),
    ...(resource.Type === 'AWS::RDS::DBInstance' && resource.Properties.DeletionProtection !== true
      ? [`${stack}: ${id} may be deleted.`]
      : []),
    ...(resource.Type === 'AWS::DynamoDB::GlobalTable' &&
    !resource.Properties.Replicas.every((r: Resource['Properties']) => r.DeletionProtectionEnabled === true)
      ? [`${stack}: ${id} may be deleted.`]
      : []),
  ]);
}
