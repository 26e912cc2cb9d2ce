import { Fn } from 'aws-cdk-lib';
import { CfnBroker } from 'aws-cdk-lib/aws-amazonmq';
import { Construct } from 'constructs';
import { DATABASE_SECRET_FIELDS } from '../../lambda/secret-rotation/contract';
import { brokerIdentifier, pascal, secretName } from '../config/names';
import type { Platform, RabbitQueue, Role } from '../config/platform';
import { queueLogin } from '../config/service-queues';
import { BROKER_MAINTENANCE_START } from '../config/windows';
import { protect } from '../security/protect';

export interface BrokerProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly queue: RabbitQueue;
  /** Isolated subnets, one in each zone. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/**
 * RabbitMQ on Amazon MQ: three nodes over three zones. Each region has its own; messages never cross a region, and only
 * the workers of the region that leads take them. Amazon MQ encrypts what it keeps with a key of its own: it takes none of
 * the platform for RabbitMQ.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-amazonmq-broker-encryptionoptions.html
 */
export class Broker extends Construct {
  readonly broker: CfnBroker;

  constructor(scope: Construct, id: string, { platform, role, queue, ...props }: BrokerProps) {
    super(scope, id);
    const [username, password] = DATABASE_SECRET_FIELDS.map(
      (field) =>
        `{{resolve:secretsmanager:${secretName(platform, queueLogin(queue.name))}:SecretString:${field}}}`,
    );
    this.broker = new CfnBroker(this, 'Broker', {
      brokerName: brokerIdentifier(platform, queue.name),
      engineType: 'RABBITMQ',
      engineVersion: queue.version,
      hostInstanceType: queue.instanceClass,
      deploymentMode: 'CLUSTER_MULTI_AZ',
      publiclyAccessible: false,
      subnetIds: [...props.subnetIds],
      securityGroups: [props.securityGroupId],
      // Amazon MQ demands it from RabbitMQ 3.13 on.
      autoMinorVersionUpgrade: true,
      maintenanceWindowStartTime: {
        dayOfWeek: 'SUNDAY',
        timeOfDay: BROKER_MAINTENANCE_START[role],
        timeZone: 'UTC',
      },
      logs: { general: true },
      users: [{ username: username ?? '', password: password ?? '' }],
    });
    protect(this.broker, `Broker${pascal(queue.name)}`);
  }

  /** Host that clients of the region connect to, out of `amqps://<host>:5671`. */
  get host(): string {
    const endpoint = Fn.select(0, this.broker.attrAmqpEndpoints);
    return Fn.select(0, Fn.split(':', Fn.select(2, Fn.split('/', endpoint))));
  }
}
