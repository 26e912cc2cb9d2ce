import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGE_REGION, repositoryName } from '../lib/config/names';
import type { Platform } from '../lib/config/platform';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from './aws-api';
import { Cdk, CdkFailed, type StackOutcome } from './cdk';
import { inspect } from './databases/inspect';
import { machine } from './machine';
import { readAssembly } from './readback/assembly';
import { gatherFacts } from './readback/facts';
import { verify } from './readback/verify';
import type { Report } from './report';
import { bundleSample, type SampleBundle } from './tasks/sample-bundle';

export interface DeployLocalOptions {
  readonly platform: Platform;
  /** Name or path, as `cdk -c platform=` takes it. */
  readonly source: string;
  /** Keeps the logs of the CDK, the server and the functions there. */
  readonly logs?: string;
  /** Deploys once more and demands that nothing changes. */
  readonly again: boolean;
  /** Pushes the platform's own images; without them services start with no task. */
  readonly images: boolean;
  /** How long a minute of a schedule lasts. Default: 60. */
  readonly minuteSeconds?: number;
  /** How the local AWS API is to be beside. */
  readonly aws?: Pick<
    LocalAwsOptions,
    'network' | 'pace' | 'statusSeconds' | 'secretValues' | 'rareSchedulesLater'
  >;
  readonly say: (line: string) => void;
}

/** Every region in which the app has something. */
export function regionsOf({ regions, leadership }: Platform): string[] {
  return [
    ...new Set([
      regions.home.name,
      regions.standby.name,
      regions.witness.name,
      ...leadership.regions,
      EDGE_REGION,
    ]),
  ];
}

/** Own images that a tag names, each once; one that is pinned by digest cannot be made up. */
export function ownImages(platform: Platform): { repository: string; tag: string }[] {
  const images = platform.services.flatMap(({ image }) =>
    image.kind === 'own' && 'tag' in image.reference
      ? [{ repository: repositoryName(platform, image.repository), tag: image.reference.tag }]
      : [],
  );
  return [...new Map(images.map((one) => [`${one.repository}:${one.tag}`, one])).values()];
}

/** What is there after a deployment. */
export interface Brought {
  readonly api: LocalAws;
  readonly cdk: Cdk;
  /** Folder with the templates. */
  readonly assembly: string;
  readonly outcomes: readonly StackOutcome[];
}

/** One deployment of a platform on a local AWS API of its own. */
export class LocalDeployment {
  private api: LocalAws | undefined;
  private cdk: Cdk | undefined;
  private sample: SampleBundle | undefined;
  private readonly scratch = mkdtempSync(join(tmpdir(), 'holdfast-deploy-'));
  private readonly logs: string;
  private keepsLogs: boolean;
  private stopped = false;
  private readonly seconds: Record<string, number> = {};

  constructor(private readonly options: DeployLocalOptions) {
    this.keepsLogs = options.logs !== undefined;
    this.logs = options.logs ?? mkdtempSync(join(tmpdir(), 'holdfast-logs-'));
    mkdirSync(this.logs, { recursive: true });
  }

  /** Deploys, deploys again, reads back. @throws if a command fails; what is missing is in the report */
  async run(): Promise<Report> {
    try {
      return await this.deployed();
    } catch (error) {
      // The message names a log, so it has to stay; not if the failure is that somebody stopped us.
      if (error instanceof CdkFailed && !this.stopped) this.keepsLogs = true;
      throw error;
    }
  }

  private async deployed(): Promise<Report> {
    const brought = await this.bring();
    return this.readBack(brought, this.options.again ? await this.again(brought.cdk) : []);
  }

  /**
   * Deploys once more, and reads back what was brought.
   * @returns a sentence for each stack that the second deployment changed, and for each resource that is not as it should be
   */
  async problemsOf(brought: Brought): Promise<readonly string[]> {
    return (await this.readBack(brought, await this.again(brought.cdk))).problems;
  }

  /** Starts the local AWS API and deploys. */
  async bring(): Promise<Brought> {
    const { platform, source, say } = this.options;
    const { logs } = this;
    const regions = regionsOf(platform);
    this.sample = bundleSample();
    const sample = this.sample.file;
    const api = await this.step('start', () =>
      startLocalAws({
        account: platform.account,
        hostedZones: [{ id: platform.domain.hostedZone.id, name: platform.domain.hostedZone.name }],
        images: this.options.images ? ownImages(platform) : [],
        databases: true,
        sample,
        scheduledMinuteSeconds: this.options.minuteSeconds ?? 60,
        logs,
        say,
        ...this.options.aws,
      }),
    );
    this.api = api;
    say(`local AWS API at ${api.endpoint}`);
    const cdk = new Cdk(api.endpoint, this.scratch, join(logs, 'cdk.log'), platform.account);
    this.cdk = cdk;
    await this.step('bootstrap', () => cdk.bootstrap(regions, say));
    const assembly = join(this.scratch, 'assembly');
    const outcomes = await this.step('deploy', () =>
      cdk.deploy(source, assembly, (one) => say(sentence(one))),
    );
    return { api, cdk, assembly, outcomes };
  }

  /** Of the local AWS API, once it runs. */
  get endpoint(): string {
    if (!this.api) throw new Error('The local AWS API does not run yet.');
    return this.api.endpoint;
  }

  /** Ends what runs and deletes what was written; may be called at any time. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cdk?.stop();
    await this.api?.stop();
    this.sample?.remove();
    if (!this.keepsLogs) rmSync(this.logs, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  private async again(cdk: Cdk): Promise<string[]> {
    const { source, say } = this.options;
    const outcomes = await this.step('second deploy', () =>
      cdk.deploy(source, join(this.scratch, 'assembly-again'), () => undefined),
    );
    const changed = outcomes.filter((one) => one.changed);
    if (changed.length === 0) say(`second deploy: no changes in ${outcomes.length} stacks`);
    return changed.map((one) => `${one.stack}: a second deployment of the same sources changed it.`);
  }

  private async readBack({ api, assembly, outcomes }: Brought, problems: readonly string[]): Promise<Report> {
    const { platform } = this.options;
    const where = { endpoint: api.endpoint, account: platform.account };
    const stacks = readAssembly(assembly);
    const deployed = new Set(outcomes.map((one) => one.stack));
    const skipped = stacks
      .filter((stack) => !deployed.has(stack.name))
      .map((stack) => `${stack.name}: the stack was not deployed.`);
    const { acceptedNotVerified } = await api.types();
    const found = await this.step('read back', () => verify(where, stacks, acceptedNotVerified));
    const facts = await this.step('describe', () => gatherFacts(where, found.resources, regionsOf(platform)));
    const servers = await inspect(api.databases);
    const all = [...problems, ...skipped, ...found.problems, ...servers.problems];
    if (servers.facts.length > 0) facts['PostgreSQL servers'] = [...servers.facts];
    return {
      name: 'deploy-local',
      machine: machine(),
      platform: platform.name,
      regions: regionsOf(platform),
      stacks: stacks.map(({ name, region, resources }) => ({
        name,
        region,
        resources: Object.keys(resources).length,
      })),
      resources: { total: found.resources.length, verified: found.verified, customRan: found.ran, facts },
      notVerified: found.notVerified,
      seconds: this.seconds,
      problems: all,
      verdict: all.length === 0 ? 'ok' : 'failed',
    };
  }

  private async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      this.seconds[name] = Math.round(performance.now() - begun) / 1000;
    }
  }
}

const sentence = ({ stack, changed, seconds }: StackOutcome): string =>
  `${changed ? 'deployed' : 'unchanged'} ${stack} after ${seconds.toFixed(0)} s`;
