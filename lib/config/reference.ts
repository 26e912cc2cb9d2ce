import { ENVIRONMENT } from './environment';
import { platformJsonSchema } from './json-schema';
import { referenceTables } from './reference-tables';
import { platformSchema } from './schema/platform';
import { SIZES } from './sizes';

/** The smallest file that describes a platform with a database. */
export const MINIMAL_EXAMPLE = `# yaml-language-server: $schema=./docs/platform.schema.json
name: hello
account: "123456789012"

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
  name: hello.example.com
  hostedZone: { id: Z0123456789ABCDEFGHIJ, name: example.com }

services:
  web:
    image: hello:1.0.0
    ports: { http: 8080 }
    routes:
      - paths: [/*]
    health: { path: /health }
    secrets:
      DATABASE_USER: database.username
      DATABASE_PASSWORD: database.password

database: {}

alerts:
  receivers:
    default: { email: [operations@example.com] }
`;

const INTRODUCTION = `# The platform file

One YAML file describes a platform. \`platform.yaml\` in the project's folder is read where nobody names another one;
\`npx cdk synth -c platform=<path>\` reads any file, and a name one of the examples below \`platforms/\`. Everything that
the file leaves out has a default, and the defaults of numbers follow its \`size\`.

A mistake never reaches AWS. All problems of a file are reported at once, each with its line, its path, the value and
what is allowed; a misspelt word with its likely meaning:

\`\`\`
platform.yaml:3: siez: this key is unknown; did you mean size? allowed: name, account, size, ...
platform.yaml:27: services.web.health.timeoutSeconds: a timeout of 30 s is not shorter than the interval of 30 s; allowed: less.
\`\`\`

Where AWS does not have what a file asks for, the next larger is taken and synth says so.

Editors with the YAML language server complete and check the file when its first line names the schema, as in the
example; the path is relative to the file.

This page and \`platform.schema.json\` are written by \`npm run docs\` from the schema that checks the file.

## The smallest file
`;

const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;

function sizes(): string {
  const all = Object.entries(SIZES);
  return [
    '## Sizes',
    '',
    'What `size` gives for every number that a file leaves out:',
    '',
    row('', ...all.map(([name]) => name)),
    row('---', ...all.map(() => '---')),
    row('vCPU of a task', ...all.map(([, s]) => s.service.cpu)),
    row('MiB of a task', ...all.map(([, s]) => s.service.memory)),
    row('tasks, min to max', ...all.map(([, s]) => `${s.service.minReplicas} to ${s.service.maxReplicas}`)),
    row('vCPU of the database', ...all.map(([, s]) => s.database.cpu)),
    row('GiB of the database', ...all.map(([, s]) => s.database.memoryGib)),
    row('GiB of its storage', ...all.map(([, s]) => s.database.storageGib)),
    row('its connections', ...all.map(([, s]) => s.database.maxConnections)),
    row('may run on CPU credits', ...all.map(([, s]) => (s.database.burstable ? 'yes' : 'no'))),
    row('node of the cache', ...all.map(([, s]) => `\`${s.cacheNodeClass}\``)),
    row('NAT gateways', ...all.map(([, s]) => (s.natPerZone ? 'one in each zone' : 'one in all'))),
    '',
  ].join('\n');
}

function variables(): string {
  const names = Object.values(ENVIRONMENT).map((name) => `\`${name}\``);
  return [
    '## What a service finds in its environment',
    '',
    `Holdfast sets ${names.join(', ')} and \`BUCKET_<NAME>\` for each bucket of the service, those of the database and`,
    'the cache only where the platform has one; the pool and `DATABASE_READ_HOST` only of a managed database. A file may not set them, nor anything else that begins with `HOLDFAST_`.',
    '',
    'Secrets come under the names that `secrets` of the service gives them. Built in are `database.username` and',
    '`database.password` (the user of the application, never the owner of the tables) and `cache.password`. A secret with',
    '`generate: true` has the field `value`; one that a person sets is read whole, or by field if it is JSON.',
    '',
  ].join('\n');
}

/** @returns the files that are generated from the schema, by their path in the repository */
export function generatedDocs(): Readonly<Record<string, string>> {
  const page = [
    INTRODUCTION,
    `\`\`\`yaml\n${MINIMAL_EXAMPLE}\`\`\`\n`,
    sizes(),
    variables(),
    '## Every key\n',
    referenceTables(platformSchema),
  ].join('\n');
  return {
    'docs/platform-file.md': `${page.trimEnd()}\n`,
    'docs/platform.schema.json': `${JSON.stringify(platformJsonSchema(), null, 2)}\n`,
  };
}
