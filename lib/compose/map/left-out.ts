import type { Part } from './known-images';
import { type Scene, servicesOf } from './scene';

/** What is said of services that a platform does not need, or cannot have. */
const SENTENCES: readonly (readonly [role: Part | 'once', why: string, todo: string])[] = [
  [
    'balancer',
    'the load balancer of each region does its work: TLS, HTTP to HTTPS, routes, health checks.',
    'What it does beside that is said in edge.',
  ],
  ['certificates', 'certificates come from AWS Certificate Manager and renew themselves.', ''],
  [
    'monitoring',
    'metrics, alarms and dashboards of a platform are its own.',
    'Say what differs in monitoring and alerts; dashboards of your own go into any Grafana.',
  ],
  ['backup', 'Holdfast makes copies by itself, in both regions.', 'Say what differs in backup.'],
  ['tool', 'it is for a single machine.', 'Run it where you work, against a restored copy.'],
  ['pooler', 'services connect to the database directly.', 'Keep database.pool.open small.'],
  [
    'clock',
    'nothing starts commands in the containers of other services.',
    'Let one of the services start its jobs by the clock, with exactly one task.',
  ],
  ['bucket-setup', 'buckets are made with the platform.', ''],
  [
    'once',
    'it runs once and ends; only migrations do that here.',
    'Run it by hand after the first deployment, or add its command to the migration.',
  ],
];

/** Says what became of the services that are neither services of the platform nor its data. */
export function tellLeftOut(scene: Scene): void {
  for (const [role, why, todo] of SENTENCES) {
    for (const { name, path } of servicesOf(scene, role))
      scene.report.lost(path, `the service ${name}`, why, todo);
  }
  for (const { name, path, image } of servicesOf(scene, 'store')) {
    scene.report.lost(
      path,
      `the data store ${name} (${image})`,
      'Holdfast runs PostgreSQL, Valkey, RabbitMQ and S3, and no other; it neither copies nor fences this one.',
      'Keep it where it is, or run it as a service of its own in AWS, and give its address to the services as variables and secrets.',
    );
  }
  if (scene.project.networks.filter((name) => name !== 'default').length > 1) {
    scene.report.lost(
      ['networks'],
      'the separation of networks',
      'all tasks of a platform are in one private network, and clients come through the balancer.',
    );
  }
}
