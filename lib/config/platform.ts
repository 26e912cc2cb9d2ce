import type { PlatformDocument } from './schema/platform';
import type { TaskSize } from './sizes';

/** Read-only through and through: a validated platform is never changed. */
export type DeepReadonly<T> = T extends (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

type Document = DeepReadonly<PlatformDocument>;
type ServiceDocument = Document['services'][string];
type DatabaseDocument = NonNullable<Document['database']>;
type ManagedDatabaseDocument = Extract<DatabaseDocument, { kind: 'managed' }>;

/** Which of the two regions with an application a stack is for. Home and standby are the same classes. */
export type Role = 'home' | 'standby';
/** Every place where Holdfast runs something of its own. */
export type Place = Role | 'witness';

export type HomeRegion = Document['regions']['home'];

/** Where the image of a service comes from. */
export type Image =
  | { readonly kind: 'own'; readonly repository: string; readonly reference: ImageReference }
  | {
      readonly kind: 'upstream';
      readonly registry: string;
      readonly repository: string;
      readonly reference: ImageReference;
    };
export type ImageReference = { readonly tag: string } | { readonly digest: string };

export interface Replicas {
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  /** In service during any operation. */
  readonly available: number;
}

export type Route = Omit<ServiceDocument['routes'][number], 'port' | 'priority'> & {
  /** Container port that gets the requests. */
  readonly containerPort: number;
  readonly portName: string;
  readonly priority: number;
};
export type Health = Omit<NonNullable<ServiceDocument['health']>, 'port'> & {
  readonly containerPort: number;
};
export type Probe = Omit<NonNullable<ServiceDocument['readiness']>, 'port'> & {
  readonly containerPort: number;
};
export type Metrics = Omit<NonNullable<ServiceDocument['metrics']>, 'port' | 'intervalSeconds'> & {
  readonly containerPort: number;
  readonly intervalSeconds: number;
};
export type Scaling = NonNullable<ServiceDocument['scaling']>;

/** One service with every default filled in. */
export type Service = Omit<
  ServiceDocument,
  | 'image'
  | 'cpu'
  | 'memory'
  | 'replicas'
  | 'runs'
  | 'routes'
  | 'health'
  | 'readiness'
  | 'deepHealth'
  | 'metrics'
> & {
  readonly name: string;
  readonly image: Image;
  readonly task: TaskSize;
  /** By region role; the standby's follow its tier. */
  readonly replicas: Readonly<Record<Role, Replicas>>;
  /** Whether it has tasks only where the lead is. */
  readonly runs: NonNullable<ServiceDocument['runs']>;
  readonly routes: readonly Route[];
  readonly health?: Health;
  readonly readiness?: Probe;
  readonly deepHealth?: Probe;
  readonly metrics?: Metrics;
};

/** RDS for PostgreSQL with every default filled in. */
export type ManagedDatabase = Omit<
  ManagedDatabaseDocument,
  'cpu' | 'memory' | 'class' | 'standby' | 'storage' | 'pool'
> & {
  /** Major version, for example 17. */
  readonly major: number;
  readonly instanceClass: Readonly<Record<Role, string>>;
  readonly multiAz: Readonly<Record<Role, boolean>>;
  readonly storage: { readonly gib: number; readonly maxGib: number };
  readonly pool: Required<ManagedDatabaseDocument['pool']> & { readonly maxConnections: number };
};
export type ExternalDatabase = Extract<DatabaseDocument, { kind: 'external' }>;

export type Cache = Omit<NonNullable<Document['cache']>, 'nodeClass' | 'replicas' | 'standbyReplicas'> & {
  readonly nodeClass: string;
  /** Replicas beside the primary, by region role. */
  readonly replicas: Readonly<Record<Role, number>>;
};

export type Leadership = Omit<Document['leadership'], 'regions' | 'watchSeconds'> & {
  readonly regions: readonly [string, string, string];
  readonly watchSeconds: number;
};

type BackupDocument = Document['backup'];
/** The WAL archive; never enabled without a managed database. */
export type Archive = Omit<Exclude<BackupDocument['archive'], boolean>, 'keepDays'> & {
  readonly keepDays: number;
};
export type BackupCheck = BackupDocument['checks'][string] & { readonly name: string };
export type BackupSchedule = BackupDocument['schedules'][string] & { readonly name: string };
/** What a schedule may copy. */
export type Covered = BackupSchedule['covers'][number];
export type Backup = Omit<BackupDocument, 'archive' | 'checks' | 'schedules'> & {
  /** Sorted by name; each covers only what the platform has. */
  readonly schedules: readonly BackupSchedule[];
  readonly archive: Archive;
  readonly checks: readonly BackupCheck[];
};

export type Bucket = Document['buckets'][string] & { readonly name: string };
type QueueDocument = Document['queues'][string];
/** RabbitMQ on Amazon MQ; `name` is also that of the queue in the broker whose backlog counts. */
export type RabbitQueue = Omit<Extract<QueueDocument, { engine: 'rabbitmq' }>, 'instanceClass'> & {
  readonly name: string;
  readonly instanceClass: string;
};
export type SqsQueue = Extract<QueueDocument, { engine: 'sqs' }> & { readonly name: string };
export type Queue = RabbitQueue | SqsQueue;
export type NamedSecret = Document['secrets'][string] & { readonly name: string };
export type Edge = Document['edge'];
export type Cdn = NonNullable<Edge['cdn']>;
export type RateLimit = Edge['rateLimits'][string];

/** A platform, validated and complete: everything downstream reads this and nothing else. */
export type Platform = Omit<
  Document,
  'leadership' | 'network' | 'services' | 'database' | 'cache' | 'buckets' | 'queues' | 'secrets' | 'backup'
> & {
  readonly leadership: Leadership;
  /** Sorted by name, so that the order in the file moves nothing. */
  readonly services: readonly Service[];
  readonly database?: ManagedDatabase | ExternalDatabase;
  readonly cache?: Cache;
  readonly buckets: readonly Bucket[];
  readonly queues: readonly Queue[];
  readonly secrets: readonly NamedSecret[];
  readonly backup: Backup;
  /** With the defaults of the size filled in. */
  readonly network: {
    readonly natPerZone: boolean;
    readonly interfaceEndpoints: NonNullable<Document['network']['interfaceEndpoints']>;
  };
  /** What was rounded or cannot be had on AWS, one sentence each; synth prints them. */
  readonly notes: readonly string[];
};
