import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Certificate } from '../certificate';
import type { DeployedService } from '../tasks/deployed-services';
import type { Registry } from '../tasks/fleet';
import type { Task } from '../tasks/task';
import type { DeployedBalancer } from './deployed';
import { type ListenerRule, ruleFor } from './rules';
import { Shares, type Weighted } from './shares';
import { type Target, TargetGroup } from './target-group';

/** Of a task, what a balancer has to know. */
export type Registered = Pick<Task, 'plan' | 'ended' | 'port'>;

const COOKIE = 'AWSALB';
/** An idle connection is kept so long: shorter than an application keeps it, or its end would meet a request. */
const KEPT_MS = 60_000;
/** Headers of one connection, which are not handed on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

/**
 * The entrance of a region on one port of this machine: HTTPS, the rules of the deployed listener, the deployed target
 * groups with their own health checks, stickiness and draining.
 *
 * What it does not do: HTTP/2, the redirect from HTTP, the firewall, and answers of its own but 404, 502, 503 and 504.
 */
export class Balancer implements Registry {
  private readonly groups: ReadonlyMap<string, TargetGroup>;
  private readonly healthPorts: ReadonlyMap<string, number | undefined>;
  private readonly rules: readonly ListenerRule[];
  /** How the traffic of each rule is divided, by the rule's ARN. */
  private readonly shares: ReadonlyMap<string, Shares>;
  /** Groups in which a task is, by its id. */
  private readonly members = new Map<string, readonly TargetGroup[]>();
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 32, timeout: KEPT_MS });
  private server: Server | undefined;

  constructor(
    deployed: DeployedBalancer,
    private readonly certificate: Certificate,
    /** A request that is silent for so long is given up, in milliseconds. */
    private readonly idleMs: number,
  ) {
    this.rules = deployed.rules;
    this.shares = new Map(deployed.rules.map(({ arn, groups }) => [arn, new Shares(groups)]));
    this.groups = new Map(deployed.groups.map((group) => [group.arn, new TargetGroup(group)]));
    this.healthPorts = new Map(deployed.groups.map(({ arn, healthPort }) => [arn, healthPort]));
  }

  /** @returns the port */
  listen(): Promise<number> {
    const { key, certificate: cert } = this.certificate;
    const server = createServer({ key, cert }, (incoming, response) => this.serve(incoming, response));
    server.keepAliveTimeout = KEPT_MS;
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

  /** @throws if the task lacks a port that is to be fed; then it is in no group */
  register({ targets }: Pick<DeployedService, 'targets'>, task: Registered): void {
    const { id } = task.plan;
    const places = targets.flatMap(({ containerPort, group: arn }) => {
      const group = this.groups.get(arn);
      if (!group) return [];
      const healthPort = task.port(this.healthPorts.get(arn) ?? containerPort);
      return [{ group, target: { id, port: task.port(containerPort), healthPort } }];
    });
    for (const { group, target } of places) group.register(target);
    this.members.set(
      id,
      places.map(({ group }) => group),
    );
  }

  async deregister({ plan: { id }, ended }: Registered): Promise<void> {
    const groups = this.members.get(id) ?? [];
    if (ended) for (const group of groups) group.remove(id);
    else await Promise.all(groups.map((group) => group.deregister(id)));
    this.members.delete(id);
  }

  isHealthy({ plan: { id } }: Registered): boolean {
    return (this.members.get(id) ?? []).every((group) => group.health(id) === 'healthy');
  }

  isUnhealthy({ plan: { id } }: Registered): boolean {
    return (this.members.get(id) ?? []).some((group) => group.health(id) === 'unhealthy');
  }

  weightOf(rule: string, group: string): number {
    return this.shares.get(rule)?.weightOf(group) ?? 0;
  }

  /** Nothing happens to a rule that is not there: it may be one of another listener. */
  weigh(rule: string, weights: readonly Weighted[]): void {
    this.shares.get(rule)?.set(weights);
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
    const chosen = rule && this.shares.get(rule.arn)?.next();
    const group = chosen === undefined ? undefined : this.groups.get(chosen);
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
    const { method, url: path } = incoming;
    const headers = { ...passedOn(incoming.headers), 'x-forwarded-proto': 'https' };
    const options = { host: '127.0.0.1', port: target.port, method, path, headers, agent: this.agent };
    const outgoing = ask({ ...options, timeout: this.idleMs }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, {
        ...passedOn(answer.headers),
        ...withCookie(answer.headers['set-cookie'], group, target),
      });
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    outgoing.on('timeout', () => outgoing.destroy(new IdleTooLong()));
    outgoing.on('error', (error) => {
      if (response.headersSent) response.destroy();
      else refuse(response, error instanceof IdleTooLong ? 504 : 502);
    });
    response.once('close', () => {
      ended();
      outgoing.destroy();
    });
    incoming.pipe(outgoing);
  }
}

class IdleTooLong extends Error {
  override readonly name = 'IdleTooLong';
}

/** The balancer's own cookie beside those of the application. */
function withCookie(
  own: readonly string[] = [],
  { settings: { stickyMs } }: TargetGroup,
  { id }: Target,
): { 'set-cookie'?: string[] } {
  if (stickyMs === undefined) return {};
  return { 'set-cookie': [...own, `${COOKIE}=${id}; Path=/; Max-Age=${Math.ceil(stickyMs / 1000)}`] };
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
