import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../../bin/commands';
import { heartbeatSymptom } from '../../../lib/monitoring/cloudwatch/heartbeats';
import { ON_CALL_SYMPTOM } from '../../../lib/monitoring/cloudwatch/on-call-alarms';
import { RUNBOOKS } from '../../../lib/monitoring/cloudwatch/runbooks';
import { LEADERSHIP_SYMPTOM, RECOVERY_ALARMS } from '../../../lib/recovery/alarms';
import { ARCHIVE_SYMPTOM, archiveAlarms } from '../../../lib/recovery/archive/alarms';
import { backupAlarms, backupSymptom } from '../../../lib/recovery/backup/alarms';
import { vaultAlarms } from '../../../lib/recovery/backup/vault-alarms';
import { restoreAlarms } from '../../../lib/recovery/restore/alarms';
import { ENTRANCE_SYMPTOM } from '../../../lib/traffic/balancer-alarms';
import { ROOT } from '../../support/synth';
import { RECOVERY_SCENES } from '../recover/runbook-scenes';
import { platform as fixture } from '../support/ports';
import { terminal } from './fakes';
import { SCENES as LEADERSHIP_SCENES } from './runbook-scenes';

const SCENES = [...LEADERSHIP_SCENES, ...RECOVERY_SCENES];
const FOLDER = join(ROOT, 'docs/runbooks');
const INDEX = 'README';
const names = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''));
/** One file has the articles of all alerts of Prometheus; their catalogue has tests of its own. */
const articles = names.filter((name) => name !== 'alerts' && name !== INDEX);
const textOf = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), 'utf8');

/** Every command that a runbook shows, in a block or within a sentence. */
const shown = names.flatMap((name) =>
  [...textOf(name).matchAll(/npx holdfast [^\n`|;]+/g)].map(([command]) => ({
    name,
    command: command.trim(),
  })),
);

/** Alarms on what is kept, of a platform that has everything. */
function dataAlarms() {
  const platform = fixture();
  const { database } = platform;
  if (database?.kind !== 'managed') throw new Error('The fixture has a managed database.');
  const props = { platform, database, role: 'home', functionName: 'any' } as const;
  return [...archiveAlarms(props), ...backupAlarms(props), ...restoreAlarms(props), ...vaultAlarms(platform)];
}

/** The program without its actions. */
function program(): Command {
  const made = new Command('holdfast').option('-p, --platform <name>').option('--json');
  for (const add of COMMANDS) add(made, terminal().end, () => {});
  return made;
}

describe('the runbooks', () => {
  it('are those that the alarms name', () => {
    expect(articles.sort()).toEqual([...RUNBOOKS].sort());
  });

  it('are all found from their index, which leads nowhere else', () => {
    const linked = [...textOf(INDEX).matchAll(/\]\(([a-z-]+)\.md\)/g)].map(([, name = '']) => name);
    expect([...new Set(linked)].sort()).toEqual(names.filter((name) => name !== INDEX).sort());
  });

  it('name every alarm of the recovery, in the runbook that the alarm itself names', () => {
    for (const { name, runbook } of RECOVERY_ALARMS) {
      expect([name, textOf(runbook).includes(`\`${name}\``)]).toEqual([name, true]);
      expect([name, textOf('agent-paged').includes(`\`${name}\``)]).toEqual([name, true]);
    }
  });

  it('name every alarm on the archive, on copies and on drills, in the runbook that the alarm names', () => {
    const missing = dataAlarms().filter(({ name, runbook }) => !textOf(runbook).includes(`\`${name}\``));
    expect(missing.map(({ name, runbook }) => `${name} in ${runbook}`)).toEqual([]);
  });

  it('name every symptom that pages, in the runbook that its page names', () => {
    const platform = fixture();
    const symptoms = [
      LEADERSHIP_SYMPTOM,
      ARCHIVE_SYMPTOM,
      backupSymptom({ platform, role: 'home', functionName: 'any' }),
      ENTRANCE_SYMPTOM,
      ON_CALL_SYMPTOM,
      { ...heartbeatSymptom('any'), name: '<region>-silent' },
    ];
    for (const { name, runbook } of symptoms)
      expect([name, textOf(runbook).includes(`\`${name}\``)]).toEqual([name, true]);
  });

  it('show only commands that exist, with options that they have', () => {
    expect(shown.length).toBeGreaterThan(20);
    const known = program().commands;
    for (const { name, command } of shown) {
      const [verb = '', ...rest] = command.replace('npx holdfast ', '').split(' ');
      const found = known.find((one) => one.name() === verb);
      expect([name, command, found?.name()]).toEqual([name, command, verb]);
      const options = rest.filter((word) => word.startsWith('-'));
      const part = found?.commands.find((one) => one.name() === rest[0]);
      const has = [found, part].flatMap(
        (one) => one?.options.flatMap(({ long, short }) => [long, short]) ?? [],
      );
      expect([name, command, options.filter((option) => !has.includes(option))]).toEqual([name, command, []]);
    }
  });

  it.each(SCENES.map((scene, index) => [`${scene.runbook}, ${index}: ${scene.command}`, scene] as const))(
    'show the output of a real run: %s',
    async (_, { runbook, output }) => {
      const text = textOf(runbook);
      const blocks = [...text.matchAll(/```text\n([\s\S]*?)\n```/g)].map(([, block]) => block);
      expect(blocks).toContain((await output()).trimEnd());
    },
  );

  it('show no output that no run made', () => {
    const blocks = names.flatMap((name) => textOf(name).match(/```text\n/g) ?? []);
    expect(blocks).toHaveLength(SCENES.length);
  });

  it('tell when they apply, and how to see that the end is reached', () => {
    for (const name of articles) {
      expect([name, /^\*\*When\*\*: /m.test(textOf(name))]).toEqual([name, true]);
      expect([name, /^## \d\. (Verify|After it|It has taken over)/m.test(textOf(name))]).toEqual([
        name,
        true,
      ]);
    }
  });
});
