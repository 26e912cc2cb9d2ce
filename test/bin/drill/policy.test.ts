import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHANGE_ACTIONS, drillPolicy, READ_ACTIONS } from '../../../bin/drill/policy';
import { promotionDrillPrefix } from '../../../lib/config/names';
import { platform } from '../support/ports';

const ROOT = resolve(__dirname, '../../..');
const ADAPTERS = join(ROOT, 'bin/drill/aws');
const called = readdirSync(ADAPTERS).flatMap((file) =>
  [...readFileSync(join(ADAPTERS, file), 'utf8').matchAll(/\bcall\(\s*'([a-z0-9]+:\w+)'/g)].map(
    ([, name]) => name ?? '',
  ),
);

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}
const { Statement: statements } = JSON.parse(drillPolicy()) as { readonly Statement: readonly Statement[] };
const OWN = 'arn:aws:rds:*:*:db:*-promotion-drill-*';

describe('the policy of a drill', () => {
  it('names exactly what the adapters call', () => {
    expect([...new Set(called)].sort()).toEqual([...READ_ACTIONS, ...CHANGE_ACTIONS].sort());
    const allowed = statements.flatMap(({ Action }) => Action);
    for (const action of called) expect(allowed).toContain(action);
  });

  it('promotes, restarts and deletes nothing but what has the name and the tag of a drill', () => {
    for (const action of ['rds:PromoteReadReplica', 'rds:RebootDBInstance', 'rds:DeleteDBInstance'])
      expect(statements.filter(({ Action }) => Action.includes(action))).toEqual([
        expect.objectContaining({
          Resource: OWN,
          Condition: { Null: { 'aws:ResourceTag/holdfast:drill': 'false' } },
        }),
      ]);
  });

  it('changes of other databases nothing', () => {
    const databases = statements
      .filter(({ Action }) => Action.some((one) => /^rds:(Modify|Add)/.test(one)))
      .flatMap(({ Resource }) => Resource);
    expect([...new Set(databases)].sort()).toEqual([OWN, 'arn:aws:rds:*:*:pg:*']);
  });

  it('means by its names those that drills have', () => {
    expect(`${promotionDrillPrefix(platform())}1`).toMatch(/^.+-promotion-drill-.*$/);
  });

  it('is the one in docs/', () => {
    expect(readFileSync(join(ROOT, 'docs/iam-drill-policy.json'), 'utf8')).toBe(drillPolicy());
  });
});
