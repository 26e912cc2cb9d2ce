import { bool, number } from '../../../lambda/archive/restore/rows';
import type { Session } from '../../../lambda/runtime/postgres/session';
import { type Finding, refuse } from './finding';

const FENCE =
  "SELECT to_regprocedure('holdfast.is_open()') IS NOT NULL AS fenced, pg_is_in_recovery() AS replica";
const OPEN = 'SELECT holdfast.is_open() AS open';
const RIGHTS = `
  SELECT current_setting('max_logical_replication_workers')::int AS workers,
         EXISTS (SELECT FROM pg_roles r WHERE r.rolname = current_user AND r.rolsuper)
           OR EXISTS (SELECT FROM pg_roles g
                       WHERE g.rolname IN ('rds_superuser', 'pg_create_subscription') AND pg_has_role(g.oid, 'USAGE'))
           AS subscribes`;

/** What the new server lacks for an import. */
export async function targetFindings(session: Session): Promise<readonly Finding[]> {
  const [fence] = await session.query(FENCE);
  if (bool(fence, 'replica')) {
    return [
      refuse(
        'The new server is a replica: another region leads (npx holdfast status). Connect to the one that takes the writes.',
      ),
    ];
  }
  if (!bool(fence, 'fenced')) {
    return [
      refuse(
        'The new server has no fence: deploy the platform first (npx holdfast deploy), then import into it.',
      ),
    ];
  }
  const [open] = await session.query(OPEN);
  const [rights] = await session.query(RIGHTS);
  return [
    ...(bool(open, 'open')
      ? []
      : [
          refuse(
            'The new server has no lease, so nothing may be written into it now: npx holdfast status says who leads and why.',
          ),
        ]),
    ...(number(rights, 'workers') > 0
      ? []
      : [refuse('max_logical_replication_workers of the new server is 0; at least 4 are needed.')]),
    ...(bool(rights, 'subscribes')
      ? []
      : [refuse('The user at the new server may make no subscription: connect as the owner that RDS made.')]),
  ];
}
