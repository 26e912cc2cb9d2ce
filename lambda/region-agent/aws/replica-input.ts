import type { NewReplica } from './rds';
import type { RebuildPlace } from './rebuild';

/**
 * With what a replica is made: what the template of the Data stack says, as far as RDS takes it in this call.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
 */

/** @returns the replica of the other region's database, under the platform's identifier */
export function regionReplica(place: RebuildPlace): NewReplica {
  const { other, identifier, replica } = place;
  return {
    ...common(place),
    DBInstanceIdentifier: identifier,
    // With an ARN of another region the SDK signs the request for that region too.
    SourceDBInstanceIdentifier: `arn:aws:rds:${other}:${replica.account}:db:${identifier}`,
    DBSubnetGroupName: replica.subnetGroup,
    // A copy in another region is encrypted by a key of that region.
    KmsKeyId: replica.keyArn,
    MultiAZ: replica.multiAz,
    DeletionProtection: true,
  };
}

/** @returns a copy for reads in the same region: subnets, key and parameters are those of its source */
export function readReplica(place: RebuildPlace, name: string): NewReplica {
  return {
    ...common(place),
    DBInstanceIdentifier: name,
    SourceDBInstanceIdentifier: place.identifier,
    MultiAZ: false,
    DeletionProtection: false,
  };
}

function common({ platform, replica }: RebuildPlace): Omit<NewReplica, 'DBInstanceIdentifier'> {
  return {
    DBInstanceClass: replica.instanceClass,
    VpcSecurityGroupIds: [replica.securityGroup],
    StorageType: 'gp3',
    MaxAllocatedStorage: replica.maxAllocatedStorageGib,
    Port: 5432,
    PubliclyAccessible: false,
    EnableIAMDatabaseAuthentication: true,
    AutoMinorVersionUpgrade: false,
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    CopyTagsToSnapshot: true,
    MonitoringInterval: 15,
    MonitoringRoleArn: replica.monitoringRoleArn,
    EnablePerformanceInsights: true,
    PerformanceInsightsKMSKeyId: replica.keyArn,
    PerformanceInsightsRetentionPeriod: 7,
    EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
    Tags: [
      { Key: 'holdfast:platform', Value: platform },
      { Key: 'holdfast:part', Value: 'Data' },
    ],
  };
}
