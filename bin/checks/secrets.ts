import { fileSecret, secretName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import { expectedFields } from '../../lib/security/secret-uses';
import type { Check } from './check';
import { type Finding, later, ok, todo } from './line';
import type { Secrets } from './ports';

/** Have the secrets and configuration files a value that nobody but a person can give? Values themselves are never read. */
export const secrets: Check = {
  name: 'secrets',
  asksAws: true,
  tasks: (platform, ports) =>
    settable(platform).map((wanted) => ({
      place: platform.regions.home.name,
      run: async () => [await valueSet(platform, wanted, ports.secrets)],
    })),
};

interface Settable {
  /** Name of the secret without that of the platform. */
  readonly secret: string;
  /** How a person sets it. */
  readonly fix: string;
}

function settable(platform: Platform): Settable[] {
  const ofPeople = platform.secrets
    .filter(({ generate }) => !generate)
    .map(({ name, description }) => ({
      secret: name,
      fix: [
        `It wants ${shapeOf(platform, name)} (${description}); it is asked for, and not shown:`,
        `npx holdfast secrets set ${name}`,
      ].join('\n'),
    }));
  const files = Object.entries(platform.files).map(([name, { description }]) => ({
    secret: fileSecret(name),
    fix: [
      `It is a configuration file (${description}):`,
      `npx holdfast files set ${name} --from-file FILE`,
    ].join('\n'),
  }));
  return [...ofPeople, ...files];
}

async function valueSet(platform: Platform, { secret, fix }: Settable, port: Secrets): Promise<Finding> {
  const name = secretName(platform, secret);
  const stages = await port.stages(platform.regions.home.name, name);
  if (stages === undefined)
    return later(`${name} is made empty by the first deployment; set it after that.`, fix);
  return stages.includes('AWSCURRENT')
    ? ok(`${name} has a value.`)
    : todo(`${name} has no value: tasks that read it do not start.`, fix);
}

/** What the readers of a secret expect: a JSON object if they take fields of it, else plain text. */
function shapeOf(platform: Platform, secret: string): string {
  const fields = expectedFields(platform, secret);
  return fields.length > 0 ? `a JSON object with ${fields.join(', ')}` : 'its plain value';
}
