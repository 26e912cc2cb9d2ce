import { entriesOf, field, isMapping, listOf, textOf } from '../json';
import type { ComposeService } from '../project';
import type { Scene } from './scene';

interface Told {
  readonly why: string;
  readonly todo?: string;
}

const HOST: Told = { why: 'Fargate gives no rights over the machine.', todo: 'Let the service do without.' };
const NETWORK: Told = { why: 'each task has an address of its own in a private network.' };

/** Keys of a service that have no counterpart, and why; those without a sentence make no difference on AWS. */
const KEYS: Readonly<Record<string, Told | undefined>> = {
  privileged: HOST,
  cap_add: HOST,
  devices: HOST,
  device_cgroup_rules: HOST,
  gpus: { why: 'Fargate has no GPU.', todo: 'Run it elsewhere.' },
  runtime: HOST,
  pid: HOST,
  ipc: HOST,
  userns_mode: HOST,
  cgroup_parent: HOST,
  cgroup: HOST,
  sysctls: HOST,
  security_opt: HOST,
  ulimits: { why: 'a task has the limits of Fargate: 65,535 open files.' },
  shm_size: { why: 'a task of Fargate has 64 MiB of shared memory.', todo: 'Let the service use /tmp.' },
  network_mode: NETWORK,
  extra_hosts: NETWORK,
  dns: NETWORK,
  dns_search: NETWORK,
  dns_opt: NETWORK,
  mac_address: NETWORK,
  domainname: NETWORK,
  working_dir: { why: 'a task starts in the folder of the image.', todo: 'Set WORKDIR in the image.' },
  group_add: { why: 'a task has one user and group.', todo: 'Say both in container.user.' },
  stop_signal: { why: 'ECS sends SIGTERM.', todo: 'Set STOPSIGNAL in the image.' },
  init: {
    why: 'ECS starts the process itself.',
    todo: 'Put tini into the image if the process leaves children behind.',
  },
  logging: { why: 'logs go to CloudWatch.' },
  volumes_from: { why: 'tasks share no disk.', todo: 'Use a bucket.' },
  credential_spec: HOST,
  isolation: HOST,
  oom_kill_disable: HOST,
  oom_score_adj: HOST,
  provider: { why: 'it is made by a program of the machine.', todo: 'Describe it by hand.' },
  models: { why: 'a platform runs no models.', todo: 'Name the address of one in environment.' },
  post_start: { why: 'a task has no hooks.', todo: 'Let the service do it at its start.' },
  pre_stop: { why: 'a task has no hooks.', todo: 'Let the service do it on SIGTERM.' },
};

/** Keys that are looked at elsewhere, or that mean nothing where there is no machine of one's own. */
const KNOWN = new Set(
  (
    'annotations attach blkio_config build cap_drop command configs container_name cpu_count cpu_percent cpu_period cpu_quota ' +
    'cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset depends_on deploy develop entrypoint env_file environment expose ' +
    'extends external_links healthcheck hostname image label_file labels links mem_limit mem_reservation mem_swappiness ' +
    'memswap_limit networks pids_limit platform ports profiles pull_policy pull_refresh_after read_only restart scale secrets ' +
    'stdin_open stop_grace_period storage_opt tmpfs tty use_api_socket user uts volumes'
  ).split(' '),
);

/** Says what of a service has no counterpart. */
export function tellIgnored({ report }: Scene, service: ComposeService): void {
  for (const [key, value] of entriesOf(service.raw)) {
    const path = [...service.path, key];
    const told = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    const isEmpty = value === null || value === false || (Array.isArray(value) && value.length === 0);
    if (told && !isEmpty) report.lost(path, key, told.why, told.todo);
    else if (!told && !KNOWN.has(key) && !key.startsWith('x-'))
      report.lost(path, key, 'Compose knows no such key.', 'Look for a slip of the pen.');
  }
  tellDeploy(service, { report });
}

function tellDeploy({ path, raw }: ComposeService, { report }: Pick<Scene, 'report'>): void {
  const deploy = field(raw, 'deploy');
  const at = (key: string) => [...path, 'deploy', key];
  const placement = field(deploy, 'placement');
  for (const constraint of listOf(field(placement, 'constraints')).flatMap((one) => textOf(one) ?? []))
    report.lost(
      at('placement'),
      `the constraint ${constraint}`,
      'Fargate has no nodes; tasks are spread over three zones.',
    );
  if (field(placement, 'max_replicas_per_node') !== undefined)
    report.lost(
      at('placement'),
      'max_replicas_per_node',
      'Fargate has no nodes; tasks are spread over three zones.',
    );
  if (textOf(field(deploy, 'mode')) === 'global')
    report.changed(
      at('mode'),
      'one task on each node',
      'Fargate has no nodes; the number is that of the size.',
      'Say another one in replicas.',
    );
  if (textOf(field(deploy, 'endpoint_mode')) === 'dnsrr')
    report.lost(at('endpoint_mode'), 'endpoint_mode', 'requests come through the balancer.');
  if (
    isMapping(field(field(field(deploy, 'resources'), 'reservations'), 'generic_resources')) ||
    listOf(field(field(field(deploy, 'resources'), 'reservations'), 'devices')).length > 0
  )
    report.lost(at('resources'), 'reserved devices', 'Fargate has none.', 'Run it elsewhere.');
  const update = field(deploy, 'update_config');
  if (textOf(field(update, 'order')) === 'stop-first')
    report.changed(
      at('update_config'),
      'the order stop-first',
      'new tasks start before old ones stop, so that nobody waits.',
      'The service must bear two versions side by side.',
    );
  if (/^(pause|continue)$/.test(textOf(field(update, 'failure_action')) ?? ''))
    report.changed(at('update_config'), 'failure_action', 'a deployment that fails is rolled back.');
  if (field(update, 'delay') !== undefined || field(update, 'monitor') !== undefined)
    report.lost(
      at('update_config'),
      'delay and monitor',
      'ECS goes on when new tasks are healthy.',
      'services.*.deployment with canary or blue-green waits longer.',
    );
}
