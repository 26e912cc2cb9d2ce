import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { filesOf, filesOfTask } from '../../lib/service/configuration-files';
import { gateProperties } from '../../lib/service/gate-properties';
import { TaskDefinition } from '../../lib/service/task-definition';
import { bareStack } from '../monitoring/support';
import { platform } from '../support/synth';

const TARGET = platform('prodstack');
const service = (name: string) => {
  const found = TARGET.services.find((one) => one.name === name);
  if (!found) throw new Error(`There is no service ${name}.`);
  return found;
};

/** The task definition of a service, alone in a stack. */
function build(name: string): Template {
  const { stack, key, template } = bareStack(TARGET, 'standby');
  const parts = { platform: TARGET, role: 'standby' as const, service: service(name) };
  new TaskDefinition(stack, 'Task', { ...parts, backing: { brokers: new Map() }, key, logKey: key });
  return template();
}
// biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
type Free = any;
const template = build('worker');
const task: Free = Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0]?.Properties;
const [application, writer]: Free[] = task.ContainerDefinitions;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the configuration files of a service', () => {
  it('are those that name it', () => {
    expect(filesOf(TARGET, service('worker')).map(({ name }) => name)).toEqual([
      'celery',
      'logging',
      'backend-settings',
    ]);
    expect(filesOf(TARGET, service('frontend')).map(({ path }) => path)).toEqual(['/etc/stack/runtime.json']);
  });

  it('are there before the application starts, and it cannot change them', () => {
    expect(application.Name).toBe('app');
    expect(application.DependsOn).toEqual([{ ContainerName: writer.Name, Condition: 'SUCCESS' }]);
    expect(application.MountPoints).toEqual([
      { SourceVolume: 'files-1', ContainerPath: '/etc/stack', ReadOnly: true },
    ]);
    expect(task.Volumes).toEqual([{ Name: 'files-1' }]);
  });

  it('come as secrets of the own region, which the application never sees as variables', () => {
    expect(writer.Secrets).toHaveLength(3);
    for (const { ValueFrom } of writer.Secrets)
      expect(ValueFrom).toMatch(/^arn:aws:secretsmanager:us-east-2:123456789012:secret:prodstack\/files\//);
    const ofTheApplication = JSON.stringify(application);
    expect(ofTheApplication).not.toContain('prodstack/files/');
  });

  it('are written by a container that ends, keeps no power of root, and cannot write anywhere else', () => {
    expect(writer).toMatchObject({
      Essential: false,
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      StartTimeout: 120,
    });
    expect(writer.Image).toMatch(/\.ecr\.us-east-2\..*prodstack-public-ecr-aws\/docker\/library\/busybox:\d/);
  });

  it('may be read by ECS alone, and exactly they', () => {
    const roles = template.findResources('AWS::IAM::Role');
    const readers = Object.entries(roles).filter(([, role]) =>
      JSON.stringify(role).includes(':secret:prodstack/files/'),
    );
    expect(readers.map(([id]) => /Execution/.test(id))).toEqual([true]);
    expect(JSON.stringify(readers)).not.toMatch(/secret:prodstack\/files\/\*/);
  });

  it('hold a service back until a person has set them', () => {
    expect(gateProperties(TARGET, service('frontend')).Secrets).toContain('prodstack/files/frontend-runtime');
  });

  it('cost a service without any of them nothing', () => {
    const bare = { ...service('worker'), name: 'other' };
    const logs = { logDriver: 'awslogs' };
    expect(filesOfTask({ platform: TARGET, role: 'home', service: bare }, logs)).toBeUndefined();
  });

  it('arrive to the letter, whatever is in them', () => {
    const [, , script] = writer.Command as string[];
    const room = join(folder, 'room');
    mkdirSync(join(room, '1'), { recursive: true });
    const command = (script ?? '').replaceAll('/holdfast/', `${room}/`);
    const texts = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(texts, (text) => {
        const env = { FILE_1: text, FILE_2: `${text}\n`, FILE_3: `$(exit 1) \`x\` %s \\n "'${text}` };
        execFileSync('sh', ['-ec', command], { env: { ...env, PATH: process.env.PATH } });
        const read = (name: string): string => readFileSync(join(room, '1', name), 'utf8');
        expect([read('celery.yaml'), read('logging.yaml'), read('settings.yaml')]).toEqual([
          env.FILE_1,
          env.FILE_2,
          env.FILE_3,
        ]);
      }),
      { numRuns: 15, examples: [['a: "$B"\n  - $(HOME)\n']] },
    );
  });
});
