import type {
  Cloud,
  Images,
  Lead,
  Leadership,
  Secrets,
  Services,
  Stack,
  Traffic,
  Weights,
} from '../../../lambda/image-gate/ports';

export const LEADS: Lead = { known: true, leads: true };
export const FOLLOWS: Lead = { known: true, leads: false };
export const MOVING = 'just moves (PROMOTING, us-west-2)';
export const UNKNOWN: Lead = { known: false, why: 'No region answered.' };

/** A repository, secrets and a cluster of a region that leads, with what was done to them. */
export class FakeCloud implements Cloud, Images, Secrets, Services, Traffic, Leadership, Stack {
  readonly calls: string[] = [];
  readonly images: Images = this;
  readonly secrets: Secrets = this;
  readonly services: Services = this;
  readonly traffic: Traffic = this;
  readonly leadership: Leadership = this;
  leading: Lead = LEADS;
  /** Shares of the pair, if the service has one. */
  shares: Weights | undefined;
  /** Those of the first looks, one each. */
  shifting: Weights[] = [];
  /** Whether the stack that asks goes back; an error if AWS does not tell. */
  back: boolean | Error = false;
  /** How often AWS still refuses to say something of a secret. */
  refusals = 0;

  constructor(
    public present: readonly string[],
    /** Wanted number of tasks; undefined: there is no service. */
    public count: number | undefined,
    /** Secrets that a person has set. */
    public set: readonly string[] = [],
  ) {}

  async lead(): Promise<Lead> {
    return this.leading;
  }

  async weights(): Promise<Weights | undefined> {
    return this.shifting.shift() ?? this.shares;
  }

  async goesBack(): Promise<boolean> {
    if (this.back instanceof Error) throw this.back;
    return this.back;
  }

  async exists(repository: string, reference: { tag: string } | { digest: string }): Promise<boolean> {
    return this.present.includes(
      'tag' in reference ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`,
    );
  }

  async hasValue(name: string): Promise<boolean> {
    return this.isSet(name, 'value');
  }

  async wasSet(name: string): Promise<boolean> {
    return this.isSet(name, 'login');
  }

  async desiredCount(): Promise<number | undefined> {
    return this.count;
  }

  async setDesiredCount(cluster: string, service: string, count: number): Promise<void> {
    this.calls.push(`count ${cluster}/${service} ${count}`);
    this.count = count;
  }

  async setLimits(cluster: string, service: string, min: number, max: number): Promise<void> {
    this.calls.push(`limits ${cluster}/${service} ${min} ${max}`);
  }

  /** A login counts only as such: AWS itself gives it a first value. */
  private isSet(name: string, as: 'value' | 'login'): boolean {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw Object.assign(new Error('is not authorized'), { name: 'AccessDeniedException' });
    }
    return this.set.includes(as === 'login' ? `login ${name}` : name);
  }
}

/** Properties of a service with an image of its own, as CloudFormation hands them over. */
export const RAW = {
  Repository: 'shop/backend',
  Tag: 'v1',
  Cluster: 'shop',
  Service: 'backend',
  Serving: '2 3 10',
  Standby: '1 1 10',
  Scaled: 'true',
  Paired: 'true',
};
export const IMAGE = 'shop/backend:v1';
