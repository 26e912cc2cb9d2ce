/** A valid platform file that says something about every part; the tests edit it. */
export const FILE = 'demo.yaml';
export const VALID = `name: demo
account: "123456789012"
size: medium
regions:
  home:
    name: us-east-1
    zones: [us-east-1a, us-east-1b, us-east-1c]
    cidr: 10.0.0.0/16
  standby:
    name: us-west-2
    zones: [us-west-2a, us-west-2b, us-west-2c]
    cidr: 10.1.0.0/16
  witness:
    name: us-east-2
domain:
  name: demo.example.com
  hostedZone:
    id: Z0123456789
    name: example.com
leadership:
  leaseSeconds: 60
  pollSeconds: 5
services:
  web:
    image: web:1.0
    ports: { http: 8080, admin: 9000 }
    routes:
      - paths: [/*]
    cpu: 0.5
    memory: 1024
    replicas: { min: 2, desired: 3, max: 6, standby: 1 }
    scaling:
      cpuPercent: 70
    health:
      path: /health
      intervalSeconds: 30
      timeoutSeconds: 5
    environment:
      LOG_LEVEL: info
    secrets:
      DATABASE_USER: database.username
      SESSION_KEY: session-key.value
    buckets: [uploads]
  worker:
    image: public.ecr.aws/demo/worker:2
    replicas: { min: 1, max: 4 }
    scaling:
      queue: jobs
      backlogPerTask: 10
    secrets:
      DATABASE_USER: database.username
      CACHE_PASSWORD: cache.password
database:
  version: "17.6"
  cpu: 2
  memory: 8
  storage: { gib: 100, maxGib: 200 }
  pool: { maxConnections: 200, open: 10, idle: 2 }
  extensions: [pg_trgm]
  parameters:
    work_mem: "8192"
cache:
  replicas: 2
queues:
  jobs: { engine: sqs }
buckets:
  uploads: { expireDays: 90 }
secrets:
  session-key: { description: Signs sessions, generate: true, rotateDays: 30 }
  pager-key: { description: Routing key }
files:
  settings: { description: Settings, services: [web], path: /etc/app/settings.yaml }
edge:
  rateLimits:
    api: { paths: [/api/*], requests: 600 }
  cors:
    origins: [https://app.example.com]
    credentials: true
  waf:
    ruleGroups: [AWSManagedRulesCommonRuleSet]
objectives:
  rpoSeconds: 300
  rtoSeconds: 900
backup:
  schedules:
    nightly: { at: "02:00", covers: [database] }
alerts:
  receivers:
    default: { email: [ops@example.com] }
    pager: { pagerDuty: pager-key }
  routes:
    - { receiver: pager, severity: [critical] }
  onCall: pager
tags:
  team: demo
`;

/** Replaces a piece of text that must occur exactly once, so that a stale edit fails. */
export function edit(text: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((now, [from, to]) => {
    if (now.split(from).length !== 2)
      throw new Error(`"${from}" occurs ${now.split(from).length - 1} times.`);
    return now.replace(from, () => to);
  }, text);
}
