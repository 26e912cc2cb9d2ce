import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Certificate } from '../certificate';
import type { DeployedService } from '../tasks/deployed-services';
import type { Registry } from '../tasks/fleet';
import type { Task } from '../tasks/task';
import type { DeployedBalancer } from './deployed';
import { type ListenerRule, ruleFor } from './rules';
import { type Target, TargetGroup } from './target-group';

const COOKIE = 'AWSALB';
/** Headers of one connection, which are not handed on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

/**
 * The entrance of a region on one port of this machine: HTTPS, the rules of the deployed listener, the deployed target
 * groups with their own health checks, stickiness and draining.
 *
 * What it does not do: HTTP/2, the redirect from HTTP, the firewall, and answers of its own but 404, 502, 503 and 504.
 */
export class Balancer implements Registry {
  private readonly groups: ReadonlyMap<string, TargetGroup & { readonly settings: { readonly arn: string } }>;
  private readonly healthPorts: ReadonlyMap<string, number>;
  private readonly rules: readonly ListenerRule[];
  /** Groups in which a task is, by its id. */
  private readonly members = new Map<string, readonly TargetGroup[]>();
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  private server: Server | undefined;

  constructor(
    deployed: DeployedBalancer,
    private readonly certificate: Certificate,
    /** A request that is silent for so long is given up, in milliseconds. */
    private readonly idleMs: number,
  ) {
    this.rules = deployed.rules;
    this.groups = new Map(deployed.groups.map((group) => [group.arn, new TargetGroup(group)]));
    this.healthPorts = new Map(deployed.groups.map(({ arn, healthPort }) => [arn, healthPort]));
  }

  /** @returns the port */
  listen(): Promise<number> {
    const { key, certificate: cert } = this.certificate;
    const server = createServer({ key, cert }, (incoming, response) => this.serve(incoming, response));
    server.keepAliveTimeout = 60_000;
    this.server = server;
    return new Promise((done, failed) => {
      server.once('error', failed);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') failed(new Error('The balancer has no port.'));
        else done(address.port);
      });
    });
  }

  register(service: DeployedService, task: Task): void {
    const joined = service.targets.flatMap(({ containerPort, group: arn }) => {
      const group = this.groups.get(arn);
      if (!group) return [];
      const healthPort = task.port(this.healthPorts.get(arn) ?? containerPort);
      group.register({ id: task.plan.id, port: task.port(containerPort), healthPort });
      return [group];
    });
    this.members.set(task.plan.id, joined);
  }

  async deregister({ plan: { id }, ended }: Task): Promise<void> {
    const groups = this.members.get(id) ?? [];
    const drained = Promise.all(groups.map((group) => group.deregister(id)));
    // One that is gone has nothing to finish.
    if (!ended) await drained;
    this.members.delete(id);
  }

  isHealthy({ plan: { id } }: Task): boolean {
    return (this.members.get(id) ?? []).every((group) => group.health(id) === 'healthy');
  }

  isUnhealthy({ plan: { id } }: Task): boolean {
    return (this.members.get(id) ?? []).some((group) => group.health(id) === 'unhealthy');
  }

  /** Healthy targets of all groups. */
  get healthy(): number {
    return [...this.members].filter(([id, groups]) => groups.every((group) => group.health(id) === 'healthy'))
      .length;
  }

  async stop(): Promise<void> {
    const { server } = this;
    for (const group of this.groups.values()) group.stop();
    this.agent.destroy();
    if (!server) return;
    const closed = new Promise<void>((done) => server.close(() => done()));
    server.closeAllConnections();
    await closed;
  }

  private serve(incoming: IncomingMessage, response: ServerResponse): void {
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    const path = (incoming.url ?? '/').split('?')[0] ?? '/';
    const rule = ruleFor(this.rules, host, path);
    const group = rule && this.groups.get(rule.group);
    const target = group?.choose(cookieOf(incoming));
    if (group && target) this.forward(incoming, response, group, target);
    else refuse(response, group ? 503 : 404);
  }

  private forward(
    incoming: IncomingMessage,
    response: ServerResponse,
    group: TargetGroup,
    target: Target,
  ): void {
    const ended = group.begin(target);
    response.once('close', ended);
    const { method, url: path } = incoming;
    const headers = { ...passedOn(incoming.headers), 'x-forwarded-proto': 'https' };
    const options = { host: '127.0.0.1', port: target.port, method, path, headers, agent: this.agent };
    const outgoing = ask({ ...options, timeout: this.idleMs }, (answer) => {
      const { stickyMs } = group.settings;
      const cookie = `${COOKIE}=${target.id}; Path=/; Max-Age=${Math.round((stickyMs ?? 0) / 1000)}`;
      response.writeHead(answer.statusCode ?? 502, {
        ...passedOn(answer.headers),
        ...(stickyMs === undefined ? {} : { 'set-cookie': cookie }),
      });
      answer.pipe(response);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', ({ message }) => {
      if (response.headersSent) response.destroy();
      else refuse(response, message === 'timeout' ? 504 : 502);
    });
    response.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${status}\n`);
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
}

function passedOn(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
