import type {
  Cloud,
  Images,
  Lead,
  Leadership,
  Ledger,
  Ledgers,
  Order,
  TaskState,
  Tasks,
} from '../../../lambda/migration-gate/ports';

export const LEADS: Lead = { known: true, leads: true, settled: true, epoch: 3 };

/** Properties of a migration, as CloudFormation hands them over. */
export const RAW = {
  Cluster: 'shop',
  Service: 'api',
  TaskDefinition: 'shop-api-migration:4',
  Subnets: ['subnet-1'],
  SecurityGroups: ['sg-1'],
  TimeoutSeconds: '300',
  Command: ['migrate', 'up'],
  Image: 'registry/shop/api:v2',
  Repository: 'shop/api',
  Tag: 'v2',
};

/** A region with one image, whose tasks go through the states that are given, one at each look. */
export class FakeCloud implements Cloud, Images, Tasks, Ledgers, Leadership {
  readonly images: Images = this;
  readonly tasks: Tasks = this;
  readonly ledgers: Ledgers = this;
  readonly leadership: Leadership = this;
  /** What was done, in its order. */
  readonly calls: string[] = [];
  /** Tasks by token: the same token gives the same task. */
  readonly started = new Map<string, string>();
  ledger: Ledger = { succeeded: [] };
  present: string | undefined = 'sha256:2';
  /** One for each look; the last one stays. */
  leads: Lead[] = [LEADS];
  /** What to throw when it is asked to do that, once. */
  dies: 'after-run' | undefined;

  constructor(private readonly states: (TaskState | undefined)[] = [ended(0)]) {}

  async lead(): Promise<Lead> {
    const [first = LEADS] = this.leads;
    if (this.leads.length > 1) this.leads.shift();
    return first;
  }

  async digest(): Promise<string | undefined> {
    return this.present;
  }

  async read(): Promise<Ledger> {
    return this.ledger;
  }

  async write(ledger: Ledger): Promise<void> {
    this.ledger = ledger;
  }

  async run({ token }: Order): Promise<string> {
    const task = this.started.get(token) ?? `task-${this.started.size + 1}`;
    this.started.set(token, task);
    this.calls.push(`run ${task}`);
    if (this.dies === 'after-run') {
      this.dies = undefined;
      throw new Error('The function died.');
    }
    return task;
  }

  async state(): Promise<TaskState | undefined> {
    const [first] = this.states;
    if (this.states.length > 1) this.states.shift();
    return first;
  }

  async stop(_cluster: string, task: string, reason: string): Promise<void> {
    this.calls.push(`stop ${task}: ${reason}`);
  }
}

export const ended = (exitCode: number | undefined, reason = 'Essential container exited'): TaskState => ({
  ended: true,
  exitCode,
  reason,
});
export const running = (createdAt?: number): TaskState => ({ ended: false, createdAt });
