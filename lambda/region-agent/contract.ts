/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
  /** JSON: `AgentSettings`. */
  settings: 'AGENT_SETTINGS',
  /** URLs, each the health path of a region's fixed name; `none` if no health path can be asked from outside. */
  ownUrl: 'OWN_URL',
  otherUrl: 'OTHER_URL',
  /** Name of the prober in the witness region, and that region. */
  prober: 'PROBER_FUNCTION',
  witnessRegion: 'WITNESS_REGION',
  /** Topic of the own region that reaches the person on call. */
  topic: 'ON_CALL_TOPIC',
  /** Cluster, of the same name in both regions. */
  cluster: 'CLUSTER',
  /** Names of the secrets that home owns and copies to the standby, as one prefix: `<platform>/`. */
  secretPrefix: 'SECRET_PREFIX',
} as const;

/** Present if there is a managed database. */
export const DATABASE_ENVIRONMENT = {
  host: 'DATABASE_HOST',
  port: 'DATABASE_PORT',
  name: 'DATABASE_NAME',
  identifier: 'DATABASE_IDENTIFIER',
  /** Secret with the credential of the agent: username and password of one of two users. */
  secret: 'DATABASE_AGENT_SECRET',
  /** JSON: `ReplicaSettings`. */
  replica: 'DATABASE_REPLICA',
} as const;

/** What decides; in seconds where the name says so. */
export interface AgentSettings {
  /** Names of regions. */
  readonly own: string;
  readonly other: string;
  readonly home: string;
  /** T */
  readonly leaseSeconds: number;
  /** E */
  readonly enforceSeconds: number;
  /** W - T - 2E */
  readonly marginSeconds: number;
  readonly pollSeconds: number;
  readonly lagGateSeconds: number;
  readonly databaseOutageSeconds: number;
  readonly minimumSecondsBetweenMoves: number;
  readonly failOverOnApplicationOutage: boolean;
}

/** With what the failback recipe makes a replica in the own region: as the template of the Data stack says. */
export interface ReplicaSettings {
  readonly account: string;
  readonly instanceClass: string;
  readonly multiAz: boolean;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  readonly securityGroup: string;
  readonly keyArn: string;
  readonly monitoringRoleArn: string;
  readonly maxAllocatedStorageGib: number;
  /** Of the region's instance while it is a primary, for promotions. */
  readonly retentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  /** Identifiers of the copies for reads. */
  readonly readReplicas: readonly string[];
}

/** Tags of an ECS service: its sizes as `<min> <desired> <max>` in a region that leads, and in one that does not. */
export const SERVING_TAG = 'holdfast:serving';
export const STANDBY_TAG = 'holdfast:standby';

/** Security group of a region that admits functions of Holdfast only, by its fixed name. */
export const quarantineGroup = (platform: string): string => `${platform}-quarantine`;

/** CloudWatch metrics, in the namespace and with the dimension `Platform`; written as embedded metrics into the log. */
export const METRIC_NAMESPACE = 'Holdfast';
export const METRICS = {
  /** 1 for each turn. */
  turns: 'AgentTurns',
  /** 1 in a turn that sees the record unchanged for longer than a lease. */
  leaseNotRenewed: 'LeaseNotRenewed',
  /** 1 in a turn of the holder in which its database takes no writes. */
  fenceClosed: 'FenceClosed',
  /** 1 in a turn in which a takeover is due and a gate forbids it. */
  gateRefused: 'GateRefused',
  /** 1 in a turn that finds the record neither SERVING nor PROTECTED. */
  unsettled: 'LeadershipUnsettled',
  /** 1 in a turn that finds the application of the other side down while its lease is renewed. */
  applicationOutage: 'ApplicationOutage',
  /** 1 in a turn in which all is well and this region could not take over, though the platform counts as protected. */
  standbyUnfit: 'StandbyUnfit',
  /** 1 in a turn that failed. */
  failures: 'AgentFailures',
  /** 1 in a turn that finds this region the holder and serving, 0 if another one is, or nobody serves. */
  leads: 'Leads',
  /** Since when, in seconds, this run has seen the record unchanged as it was read: at most the length of a run. */
  leaseAge: 'LeaseAgeSeconds',
  /** How far the replica of a region that does not hold the record is behind its writer, in seconds. */
  replicationLag: 'ReplicationLagSeconds',
  /** Epoch of the record. */
  epoch: 'Epoch',
} as const;
/** Units of metrics as CloudWatch names them; all others are counted. */
export const METRIC_UNITS: Readonly<Partial<Record<keyof typeof METRICS, 'Seconds' | 'None'>>> = {
  leads: 'None',
  leaseAge: 'Seconds',
  replicationLag: 'Seconds',
  epoch: 'None',
};

/**
 * What the name of the secret with the login of a broker ends in: each region has its own, and no other secret may be named
 * so. Five letters; with six Secrets Manager would take the name for the end of an ARN.
 */
export const QUEUE_LOGIN_SUFFIX = '-queue';
