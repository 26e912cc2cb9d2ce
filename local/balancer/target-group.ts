import { Agent, get } from 'node:http';

/** How a target group asks its targets, as deployed. Times in milliseconds, divided by the pace. */
export interface GroupSettings {
  readonly arn: string;
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** `200-299` or `200,301`. */
  readonly codes: string;
  /** A target that leaves may finish its requests for so long. */
  readonly drainMs: number;
  /** Life of the cookie that keeps a client on its target; undefined: none. */
  readonly stickyMs: number | undefined;
}

export type Health = 'initial' | 'healthy' | 'unhealthy' | 'draining';

/** Where a task answers. */
export interface Target {
  readonly id: string;
  readonly port: number;
  /** Where its health is asked. */
  readonly healthPort: number;
}

interface Entry {
  readonly target: Target;
  health: Health;
  /** Answers in a row that speak against its present health. */
  contrary: number;
  requests: number;
  /** Whether an answer is waited for. */
  asking: boolean;
  readonly timer: NodeJS.Timeout;
  /** Set while it is drained: ends the draining. */
  drained?: () => void;
}

const accepts = (codes: string, status: number): boolean =>
  codes.split(',').some((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return status >= from && status <= to;
  });

/** The targets of one group, their health by its own checks, and whose turn it is. */
export class TargetGroup {
  private readonly entries = new Map<string, Entry>();
  private readonly agent = new Agent({ keepAlive: false });
  private turn = 0;

  constructor(readonly settings: GroupSettings) {}

  register(target: Target): void {
    this.remove(target.id);
    const check = (): void => void this.check(entry);
    const timer = setInterval(check, this.settings.intervalMs);
    const entry: Entry = { target, health: 'initial', contrary: 0, requests: 0, asking: false, timer };
    this.entries.set(target.id, entry);
    check();
  }

  /** Gives it no new requests. Resolves when those under way have ended, or its time to drain is over. */
  async deregister(id: string): Promise<void> {
    const entry = this.entries.get(id);
    if (!entry || entry.health === 'draining') return;
    entry.health = 'draining';
    clearInterval(entry.timer);
    if (entry.requests > 0) await this.drain(entry);
    if (this.entries.get(id) === entry) this.entries.delete(id);
  }

  /** Forgets a target at once, whatever is under way: there is nobody any more who could finish it. */
  remove(id: string): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    clearInterval(entry.timer);
    this.entries.delete(id);
    entry.drained?.();
  }

  health(id: string): Health | undefined {
    return this.entries.get(id)?.health;
  }

  /**
   * @param sticky target that the client's cookie names
   * @returns undefined if there is none; with no healthy one all are asked, as an ALB fails open
   */
  choose(sticky: string | undefined): Target | undefined {
    const kept = sticky === undefined ? undefined : this.entries.get(sticky);
    if (kept?.health === 'healthy') return kept.target;
    const serving = [...this.entries.values()].filter(({ health }) => health !== 'draining');
    const healthy = serving.filter(({ health }) => health === 'healthy');
    const among = healthy.length > 0 ? healthy : serving;
    this.turn += 1;
    return among[this.turn % Math.max(1, among.length)]?.target;
  }

  /** @returns ends the counting of a request at a target */
  begin({ id }: Target): () => void {
    const entry = this.entries.get(id);
    if (!entry) return () => undefined;
    entry.requests += 1;
    return () => {
      entry.requests -= 1;
      if (entry.requests === 0) entry.drained?.();
    };
  }

  stop(): void {
    for (const id of [...this.entries.keys()]) this.remove(id);
    this.agent.destroy();
  }

  private async drain(entry: Entry): Promise<void> {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, this.settings.drainMs);
      entry.drained = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  private async check(entry: Entry): Promise<void> {
    // An answer that is late must not be counted together with the next one.
    if (entry.asking) return;
    entry.asking = true;
    const isGood = await this.ask(entry.target);
    entry.asking = false;
    if (entry.health === 'draining' || this.entries.get(entry.target.id) !== entry) return;
    this.judge(entry, isGood);
  }

  private judge(entry: Entry, isGood: boolean): void {
    if (entry.health === 'initial') {
      // The first good answer admits a target.
      if (isGood) entry.health = 'healthy';
      entry.contrary = isGood ? 0 : entry.contrary + 1;
      if (entry.contrary >= this.settings.unhealthyThreshold) entry.health = 'unhealthy';
      return;
    }
    entry.contrary = isGood === (entry.health === 'healthy') ? 0 : entry.contrary + 1;
    const { healthyThreshold, unhealthyThreshold } = this.settings;
    const enough = entry.health === 'healthy' ? unhealthyThreshold : healthyThreshold;
    if (entry.contrary < enough) return;
    entry.health = entry.health === 'healthy' ? 'unhealthy' : 'healthy';
    entry.contrary = 0;
  }

  private ask({ healthPort: port }: Target): Promise<boolean> {
    const { path, timeoutMs, codes } = this.settings;
    return new Promise((done) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = get({ host: '127.0.0.1', port, path, agent: this.agent, signal }, (response) => {
        response.on('error', () => undefined);
        response.resume();
        done(accepts(codes, response.statusCode ?? 0));
      });
      request.on('error', () => done(false));
    });
  }
}
