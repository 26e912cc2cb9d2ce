import { DATABASE_SECRET_FIELDS } from '../../lambda/secret-rotation/contract';
import { secretName } from '../../lib/config/names';
import type { NamedSecret, Platform } from '../../lib/config/platform';
import type { Check } from './check';
import { type Finding, later, ok, todo } from './line';
import type { Secrets } from './ports';

/** Have the secrets a value that nobody but a person can give? Values themselves are never read. */
export const secrets: Check = {
  name: 'secrets',
  asksAws: true,
  tasks: (platform, ports) =>
    platform.secrets
      .filter(({ generate }) => !generate)
      .map((secret) => ({
        place: platform.regions.home.name,
        run: async () => [await valueSet(platform, secret, ports.secrets)],
      })),
};

async function valueSet(platform: Platform, secret: NamedSecret, port: Secrets): Promise<Finding> {
  const region = platform.regions.home.name;
  const name = secretName(platform, secret.name);
  const stages = await port.stages(region, name);
  const fix = [
    `Write ${shapeOf(platform, secret.name)} into a file (${secret.description}), then:`,
    `aws secretsmanager put-secret-value --region ${region} --secret-id ${name} --secret-string file://FILE`,
  ].join('\n');
  if (stages === undefined)
    return later(`${name} is made empty by the first deployment; set it after that.`, fix);
  return stages.includes('AWSCURRENT')
    ? ok(`${name} has a value.`)
    : todo(`${name} has no value: tasks that read it do not start.`, fix);
}

/** What the readers of a secret expect: a JSON object if they take fields of it, else plain text. */
function shapeOf({ services, database }: Platform, secret: string): string {
  const references = services.flatMap((service) => Object.values(service.secrets));
  const read = references.flatMap((reference) => {
    const [name, field] = reference.split('.');
    return name === secret && field !== undefined ? [field] : [];
  });
  const isLogin = database?.kind === 'external' && database.secret === secret;
  const fields = [...new Set([...read, ...(isLogin ? DATABASE_SECRET_FIELDS : [])])].sort();
  return fields.length > 0 ? `a JSON object with ${fields.join(', ')}` : 'its plain value';
}
