import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../../bin/commands';
import { groupOf } from '../../../bin/commands/groups';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { VALID } from '../../config/fixture';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';
import { terminal } from '../operate/fakes';

/** Every command that asks AWS, as somebody would call it; those that ask nothing stand below. */
const ASKING: readonly (readonly string[])[] = [
  ['check', '--dns-server', '127.0.0.1:1'],
  ['secrets', 'check'],
  ['files', 'list'],
  ['preflight', '--no-diff'],
  ['deploy', '--yes'],
  ['start', 'web'],
  ['destroy'],
  ['status'],
  ['health'],
  ['logs', 'web'],
  ['exec', 'web', '--', 'id'],
  ['rollback', 'web', '--to', 'previous'],
  ['scale', 'web', '--replicas', '3'],
  ['switchover'],
  ['failback'],
  ['failover', '--force', '--yes'],
  ['freeze'],
  ['thaw'],
  ['drill', '--aws', '--dry-run'],
  ['chaos', 'list'],
  ['database', 'import', 'status'],
  ['restore', '--component', 'cache'],
  ['recover', '--dry-run'],
  ['salvage'],
  ['archive', 'ls'],
  ['cost', '--diff', '--against', 'deployed'],
];
const SILENT = ['init', 'import', 'diagram', 'dashboards'];

const folder = mkdtempSync(join(tmpdir(), 'holdfast-errors-'));
const file = join(folder, 'demo.yaml');
const before = { ...process.env };
let stub: AwsStub;
let name = '';

beforeAll(async () => {
  writeFileSync(file, VALID);
  stub = await startAwsStub(({ headers, path }) => {
    const type = String(headers['content-type']);
    const message = 'not with these';
    const isQuery = /form-urlencoded/.test(type);
    const isFis = path.startsWith('/experiment');
    const isObject = !isQuery && !isFis && !/json|cbor/.test(type) && !path.startsWith('/2015-03-31/');
    const error = `<Error><Code>${name}</Code><Message>${message}</Message></Error>`;
    if (isObject) return { status: 403, type: 'text/xml', body: error };
    if (isQuery) return { status: 403, type: 'text/xml', body: `<ErrorResponse>${error}</ErrorResponse>` };
    return { status: 400, body: JSON.stringify({ __type: name, message }) };
  });
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stub.stop();
});

async function holdfast(args: readonly string[], environment: Readonly<Record<string, string>>) {
  process.env = {
    ...before,
    AWS_ENDPOINT_URL: stub.endpoint,
    AWS_ENDPOINT_URL_S3: stub.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PROFILE: undefined,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    ...environment,
  };
  for (const [key, value] of Object.entries(process.env)) if (value === undefined) delete process.env[key];
  const { end, said } = terminal();
  const exit = await run(args, end);
  return { exit, text: `${said.out}${said.err}` };
}

const KEYS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const commandOf = ([command = '']: readonly string[]): string => command;

describe.each(ASKING.map((args) => ({ command: commandOf(args), args })))('holdfast $command', ({ args }) => {
  it('says that there are no credentials, and how to get some', async () => {
    const { exit, text } = await holdfast(['--platform', file, ...args], {});
    expect(exit).not.toBe(EXIT.ok);
    expect(text).toMatch(/no AWS credentials/);
    expect(text).toContain('aws sso login');
    expect(text).not.toMatch(/\n\s+at /);
  });

  it('says which permission is missing, and which document has it', async () => {
    name = 'AccessDeniedException';
    const { exit, text } = await holdfast(['--platform', file, ...args], KEYS);
    expect(exit).not.toBe(EXIT.ok);
    expect(text).toMatch(/permission \w+:\w+|AccessDenied/);
    expect(text).toMatch(/docs\/iam-[a-z*]+(-policy)?\.json|check --policy/);
  });

  it('says that a region may not be enabled, or the credentials not known there', async () => {
    name = 'UnrecognizedClientException';
    const { exit, text } = await holdfast(['--platform', file, ...args], KEYS);
    expect(exit).not.toBe(EXIT.ok);
    expect(text).toMatch(/enabled in the account|does not know these credentials/);
  });

  it('says which platforms there are if one is misspelt', async () => {
    const { exit, text } = await holdfast(['--platform', 'opscenter', ...args], {});
    expect(exit).toBe(EXIT.wrongUse);
    expect(text).toMatch(/there is no such platform; did you mean ops-center\?/);
  });
});

/** These ask about the account before they ask for anything of the platform; and a list shows what there is. */
const ACCOUNT_FIRST = ['check', 'preflight', 'deploy', 'destroy', 'files'];
const OF_THE_PLATFORM = ASKING.filter((args) => !ACCOUNT_FIRST.includes(commandOf(args)));

describe.each(OF_THE_PLATFORM.map((args) => ({ command: commandOf(args), args })))(
  'holdfast $command where nothing is deployed',
  ({ args }) => {
    it('says so, or what there is to do next', async () => {
      name = 'ResourceNotFoundException';
      const { exit, text } = await holdfast(['--platform', file, ...args], KEYS);
      expect(exit).not.toBe(EXIT.ok);
      expect(text).toMatch(/npx holdfast \w+|There is no |It does not exist/);
      expect(text).not.toMatch(/\n\s+at /);
    });
  },
);

describe('the table of commands', () => {
  const program = new Command();
  for (const add of COMMANDS) add(program, terminal().end, () => {});
  const names = program.commands.map((one) => one.name());

  it('has every command, as one that asks AWS or as one that does not', () => {
    expect([...new Set([...ASKING.map(commandOf), ...SILENT])].sort()).toEqual([...names].sort());
  });

  it('has every command under a heading of the help', () => {
    expect(names.filter((one) => groupOf(one) === undefined)).toEqual([]);
  });
});
