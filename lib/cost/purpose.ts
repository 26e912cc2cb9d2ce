/** What a line of the bill buys, one sentence each: what is gone without it. */
const PURPOSES: Readonly<Record<string, string>> = {
  'tasks of the services': 'The application: in three zones at home, and as the tier says in the standby.',
  database:
    'A spare in a second zone, which takes over without loss, and the replica that the other region promotes.',
  cache: 'A primary with replicas in other zones at home, and a cache that is there after a failover.',
  'message brokers': 'Queues on three nodes over zones, in both regions.',
  'NAT gateways': 'The way out for tasks; one in each zone, so that a zone can be lost. `network.natPerZone`',
  'interface endpoints':
    'Private ways to AWS, which cost less than NAT from some traffic on. `network.interfaceEndpoints`',
  'public addresses': 'Addresses of NAT gateways and load balancers: IPv4 is paid by the address.',
  'load balancer': 'The way in, in both regions, so that a failover needs no new one.',
  'load balancer: capacity': 'Connections and bytes of users.',
  'AWS WAF': 'Rate limits and rules against common attacks. `edge`',
  'AWS WAF: requests': 'Each request is looked at.',
  'region agent':
    'Automatic failover in minutes: the lease is renewed, and the other side watched, every 5 s.',
  'health checks': 'Names that move to the other region without an edit of Route 53.',
  'leadership endpoint': 'What those health checks ask: who leads?',
  'leadership record': 'One writer: the record in three regions, strongly consistent.',
  'keys and secrets': 'Keys of your own for what is kept, and secrets with copies in the standby.',
  'traffic to users': 'What services answer.',
  'traffic between regions': 'An RPO of seconds: the log goes to the replica, the backups and the archive.',
  'NAT gateways: traffic': 'Logs, and the far copy of the archive.',
  'backups of the database': 'Copies by day, week and month in both regions. `backup.keep`',
  'locked backups': 'Copies that nobody can delete before their time. `backup.vaultLock`',
  'restore drill': 'Proof that a backup can be restored. `backup.restoreDrill`',
  'WAL archive': 'Restore to any moment, and what a failover cut off. `backup.archive`',
  archiver: 'An archive that keeps up with more writes than one function.',
  'copies of the cache': 'Snapshots of the cache, exported. `cache.snapshotEveryMinutes`',
  objects: 'What the buckets hold, in both regions.',
  'shared files': 'File systems that services share, in both regions.',
  images: 'Images in both regions, so that a start needs no other one.',
  logs: 'What services and functions say, for thirty days.',
  'functions on a schedule': 'Backups, the archive and drills.',
  "region's collector":
    'Metrics of the database, the cache and CloudWatch in Prometheus. `monitoring.collectors`',
  'collectors beside the tasks': 'Metrics of each task, and what it serves itself. `monitoring.collectors`',
  'requests to CloudWatch': 'Metrics of AWS in Prometheus, where the alerts are judged.',
  'Prometheus: samples in': 'Alerts and dashboards over all metrics. `monitoring.scrapeSeconds`',
  'Prometheus: kept and read': 'The past of the metrics. `monitoring.retentionDays`',
  'Container Insights': 'Counts of tasks that run and wait: an alarm when a service has none.',
  'metrics of Holdfast': 'Alarms on the lease, the archive, backups and drills.',
  'alert relay and heartbeat': 'Alerts that reach a person, and an alarm when they would not.',
  alarms: 'The second path to a person on call, which needs no Prometheus.',
  'dashboards in CloudWatch': 'A picture of each region that needs nothing else.',
  canaries: 'The platform asked as a user would, from three regions. `monitoring.canaries`',
  Grafana: 'Dashboards for those who look after the platform. `monitoring.grafana`',
};

/** @returns what a line buys; undefined if nobody has said */
export const purposeOf = (name: string): string | undefined => PURPOSES[name];
