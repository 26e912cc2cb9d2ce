import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform, Role } from '../../lib/config/platform';
import { ruleGroups, ruleNamespaces } from '../../lib/monitoring/rules/groups';
import { renderRules } from '../../lib/monitoring/rules/render';

const ROLES: readonly Role[] = ['home', 'standby'];

/** Writes each group of rules into a file of its own, so that a test loads only what it is about. */
export function renderInto(folder: string, platform: Platform): void {
  for (const role of ROLES) {
    mkdirSync(join(folder, role), { recursive: true });
    for (const group of ruleGroups(platform, role))
      writeFileSync(join(folder, role, `${group.name}.yaml`), renderRules([group]));
    for (const { name, definition } of ruleNamespaces(platform, role))
      writeFileSync(join(folder, `namespace-${role}-${name}.yaml`), definition);
  }
}
