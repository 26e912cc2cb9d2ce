import { z } from 'zod';
import {
  dnsName,
  environmentName,
  httpPath,
  logRetentionDays,
  pathPattern,
  percent,
  port,
  seconds,
  slug,
} from './primitives';

const portName = slug(15).describe('Name of one of the ports of the service.');

const stepLimits = (defaults: { stabilizationSeconds: number; percent: number; replicas: number }) =>
  z
    .strictObject({
      stabilizationSeconds: seconds(0, 3600)
        .default(defaults.stabilizationSeconds)
        .describe('How long the signal must last before the service is scaled.'),
      percent: z
        .int()
        .min(1)
        .max(1000)
        .default(defaults.percent)
        .describe('Percent of the present replicas that one step may add or take...'),
      replicas: z
        .int()
        .min(1)
        .max(50)
        .default(defaults.replicas)
        .describe('...or this number, whichever is more.'),
      periodSeconds: seconds(10, 3600).default(60).describe('Time between two steps in the same direction.'),
    })
    .prefault({});

const scaling = z.strictObject({
  cpuPercent: percent.optional().describe('Target CPU use of the service, averaged over its tasks.'),
  memoryPercent: percent.optional().describe('Target memory use of the service, averaged over its tasks.'),
  requestsPerSecond: z
    .number()
    .positive()
    .max(100_000)
    .optional()
    .describe('Target requests per second and task.'),
  backlogPerTask: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe('Target number of waiting messages per task of the queue named in `queue`.'),
  queue: slug(40).optional().describe('Queue whose backlog counts for `backlogPerTask`.'),
  scaleOut: stepLimits({ stabilizationSeconds: 0, percent: 100, replicas: 4 }).describe(
    'How fast tasks are added.',
  ),
  scaleIn: stepLimits({ stabilizationSeconds: 300, percent: 50, replicas: 2 }).describe(
    'How slowly tasks are taken away.',
  ),
});

const replicas = z.strictObject({
  min: z.int().min(0).max(500).optional().describe('Never fewer. Default by size: 2, 3, 5.'),
  desired: z
    .int()
    .min(0)
    .max(500)
    .optional()
    .describe('At the first deployment. Default: min. Later the scaling rules decide.'),
  max: z.int().min(1).max(500).optional().describe('Never more. Default by size: 4, 6, 10.'),
  standby: z
    .int()
    .min(0)
    .max(500)
    .optional()
    .describe(
      'In the standby region before a failover. Default in tier warm: 1; tier full has as many as home, unless this is 0. Where `runs` is leader it is 0.',
    ),
  available: z
    .int()
    .min(0)
    .max(500)
    .optional()
    .describe(
      'In service during any operation. Default: min - 1, at least 1; 0 for a service without routes whose only task runs with the lead (`max: 1`): its old task stops before the new one starts.',
    ),
});

const health = z.strictObject({
  path: httpPath.describe('Shallow health path: decides about routing and replacing.'),
  port: portName.optional().describe('Port it is asked on. Default: the port that the routes use.'),
  intervalSeconds: seconds(5, 300).default(30).describe('Time between two questions to a task.'),
  timeoutSeconds: seconds(2, 120)
    .default(5)
    .describe('An answer that takes longer is a bad one. Less than the interval.'),
  healthyThreshold: z
    .int()
    .min(2)
    .max(10)
    .default(2)
    .describe('Good answers in a row until a task gets traffic.'),
  unhealthyThreshold: z.int().min(2).max(10).default(3).describe('Bad answers in a row until it loses it.'),
  graceSeconds: seconds(0, 3600)
    .default(60)
    .describe('After its start a task is not replaced for bad answers.'),
  statusCodes: z
    .string()
    .regex(/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/, 'status codes, for example 200-299')
    .default('200-299')
    .describe('Status codes of a good answer.'),
});

const probe = z.strictObject({
  path: httpPath.describe('Path that is asked.'),
  port: portName.optional().describe('Port it is asked on. Default: the port that the routes use.'),
  timeoutSeconds: seconds(1, 60).default(5).describe('An answer that takes longer is a bad one.'),
});

const route = z.strictObject({
  host: dnsName
    .optional()
    .describe(
      'Only for this host name: the domain of the platform, or one label below it. `home`, `standby`, `leader-standby` and `leader-witness` are taken.',
    ),
  paths: z
    .array(pathPattern)
    .min(1)
    .max(5)
    .describe(
      'Path patterns; `*` and `?` are wildcards. With a host at most four, with the domain itself as host three.',
    ),
  port: portName.optional().describe('Port that gets the requests. Default: http.'),
  priority: z
    .int()
    .min(1)
    .max(50_000)
    .optional()
    .describe(
      'Order among all rules of the balancer; lower is asked first. Default: derived from the pattern, longer ones first.',
    ),
});

const alarmRollback = z.boolean().default(true).describe('Alarms of the service roll a deployment back.');
const deployment = z.discriminatedUnion('strategy', [
  z.strictObject({
    strategy: z.literal('rolling').describe('New tasks start first, old ones stop after.'),
    surgePercent: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Extra tasks during a deployment. Default: one task, rounded up.'),
    rollBackOnAlarm: alarmRollback,
  }),
  z.strictObject({
    strategy: z
      .literal('blue-green')
      .describe('A whole new set comes up beside the old one and takes the traffic at once.'),
    bakeMinutes: z.int().min(0).max(1440).default(5).describe('The old set stays this long after the shift.'),
    rollBackOnAlarm: alarmRollback,
  }),
  z.strictObject({
    strategy: z.literal('canary').describe('A share of the traffic first, then all.'),
    percent: z.number().min(0.1).max(99.9).default(10).describe('The first share.'),
    minutes: z.int().min(1).max(1440).default(5).describe('How long it is watched.'),
    bakeMinutes: z.int().min(0).max(1440).default(5).describe('The old set stays this long after the shift.'),
    rollBackOnAlarm: alarmRollback,
  }),
]);

/** What the container may do; the strictest by default. */
const container = z
  .strictObject({
    user: z
      .string()
      .regex(
        /^(root|\d{1,5}(:\d{1,5})?)$/,
        'a numeric user with an optional group, for example 1000:1000, or root',
      )
      .default('1000:1000')
      .describe('User the process runs as. `root` only where the image allows no other.'),
    readOnlyRoot: z.boolean().default(true).describe('The root file system cannot be written.'),
    writablePaths: z
      .array(z.string().regex(/^\/[\w\-./]+$/, 'an absolute path'))
      .default(['/tmp'])
      .describe('Folders that stay writable (empty at each start).'),
  })
  .prefault({});

export const service = z.strictObject({
  image: z
    .string()
    .regex(
      /^[a-z0-9][\w.\-/:]*?(:[\w][\w.-]{0,127}|@sha256:[a-f0-9]{64})$/,
      'name:tag of an own image, registry/name:tag of a public one, or name@sha256:...',
    )
    .describe(
      'Own image: `name:tag`, kept in a repository of the platform. Public image: with its registry, for example `public.ecr.aws/nginx/nginx:1.29`, pulled through a cache in each region.',
    ),
  command: z.array(z.string()).min(1).optional().describe('Replaces the command of the image.'),
  ports: z
    .record(portName, port)
    .default({})
    .describe(
      'Ports by name. `http` is the one that routes use by default. A service without ports is a worker.',
    ),
  routes: z.array(route).max(20).default([]).describe('Which requests of the balancer come here.'),
  cpu: z
    .number()
    .min(0.25)
    .max(16)
    .optional()
    .describe('vCPU of a task. Rounded up to what Fargate has. Default by size: 0.5, 1, 2.'),
  memory: z
    .int()
    .min(128)
    .max(122_880)
    .optional()
    .describe(
      'MiB of a task. The collector of `monitoring.collectors` takes up to 160 MiB of it. Rounded up to what Fargate has. Default by size: 1024, 2048, 4096.',
    ),
  architecture: z
    .enum(['x86_64', 'arm64'])
    .default('x86_64')
    .describe('Of the image. arm64 costs about a fifth less.'),
  replicas: replicas
    .prefault({})
    .describe('Number of tasks. Where one is given, the defaults of the others give way.'),
  runs: z
    .enum(['leader', 'everywhere'])
    .optional()
    .describe(
      'Where it has tasks. leader: only in the region that leads; the region agent starts them with the lead and stops them where it was lost, so nothing is done twice. everywhere: in the standby too, as many as its tier says. Default: everywhere with routes, leader without: what nobody can reach works by itself (a worker of a queue, a clock).',
    ),
  scaling: scaling.optional().describe('Without it the number of tasks stays at `replicas.desired`.'),
  health: health.optional().describe('Target-group health check. Every service with a route needs one.'),
  readiness: probe
    .optional()
    .describe('Asked of new tasks before a deployment counts as done, never a reason to replace a task.'),
  deepHealth: probe
    .optional()
    .describe(
      'Asks also the dependencies. For alarms and people only: it never routes and never replaces. Holdfast asks it once a minute in each region whose tasks run, also where the region stands by: there the database refuses writes, so it should only read.',
    ),
  stickiness: z
    .strictObject({ seconds: seconds(1, 604_800).describe('Life of the cookie.') })
    .optional()
    .describe('A client stays on its task by a cookie of the balancer.'),
  drainSeconds: seconds(0, 3600)
    .default(30)
    .describe('A task that leaves may finish its requests for this long.'),
  stopSeconds: seconds(2, 120).default(30).describe('Between SIGTERM and SIGKILL; Fargate allows 120.'),
  requestTimeoutSeconds: seconds(1, 4000)
    .default(60)
    .describe('Longest silence within a request (streaming answers, WebSockets).'),
  environment: z
    .record(environmentName, z.string())
    .default({})
    .describe('Plain settings. Nothing secret: this is visible in the account.'),
  secrets: z
    .record(
      environmentName,
      z.string().regex(/^[a-z][a-z0-9-]*(\.[A-Za-z_]\w*)?$/, 'name of a secret or name.field'),
    )
    .default({})
    .describe(
      'Environment variable -> secret, or `secret.field`. `database`, `cache` and `<queue>-queue` (rabbitmq) are built in.',
    ),
  buckets: z
    .array(slug(16))
    .default([])
    .describe('Buckets that the service may read and write; it gets their names as `BUCKET_<NAME>`.'),
  queues: z
    .array(slug(40))
    .default([])
    .describe(
      'Queues that the service may send to and take from; it gets their address as `QUEUE_<NAME>_URL` (sqs) or `QUEUE_<NAME>_HOST` and `QUEUE_<NAME>_PORT` (rabbitmq; the login is the secret `<name>-queue`). A service without routes that has a queue is a worker: see `runs`.',
    ),
  migration: z
    .strictObject({
      command: z.array(z.string()).min(1).describe('Command of the same image.'),
      timeoutSeconds: seconds(30, 3000)
        .default(900)
        .describe(
          'A migration that takes longer has failed, and the deployment stops. CloudFormation waits an hour at most.',
        ),
    })
    .optional()
    .describe('Runs once, on the writer, before new tasks take traffic.'),
  metrics: z
    .strictObject({
      port: portName.optional().describe('Default: the port that the routes use.'),
      path: httpPath.default('/metrics').describe('Path that is asked.'),
      intervalSeconds: seconds(5, 300)
        .optional()
        .describe('Time between two readings. Default: `monitoring.scrapeSeconds`.'),
    })
    .optional()
    .describe('Prometheus endpoint of each task.'),
  deployment: deployment
    .prefault({ strategy: 'rolling' })
    .describe('How a new version replaces the old one. Default: rolling.'),
  container: container.describe('What the process may do; as little as possible by default.'),
  exec: z
    .boolean()
    .default(false)
    .describe(
      'Operators may run commands in its tasks (`npx holdfast exec`). Every session is logged, encrypted. Needs `container.readOnlyRoot: false`.',
    ),
  sharedFiles: z
    .strictObject({
      path: z
        .string()
        .regex(/^\/[\w\-./]+$/, 'an absolute path')
        .describe('Where it is in the container.'),
    })
    .optional()
    .describe(
      'A folder shared by all tasks of the service and kept (EFS). Those of the region that leads take writes; the other region has a copy, most of it at most 15 minutes old. See docs/guides/shared-files.md.',
    ),
  logRetentionDays: logRetentionDays
    .default(30)
    .describe('Days that its logs are kept; the numbers that CloudWatch knows.'),
});
