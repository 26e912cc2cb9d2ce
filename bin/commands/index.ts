import type { AddCommand } from './add-command';
import { archive } from './archive';
import { chaos } from './chaos';
import { check } from './check';
import { cost } from './cost';
import { dashboards } from './dashboards';
import { database } from './database';
import { deploy } from './deploy';
import { destroy } from './destroy';
import { diagram } from './diagram';
import { drill } from './drill';
import { exec } from './exec';
import { failback } from './failback';
import { failover } from './failover';
import { files } from './files';
import { freeze } from './freeze';
import { health } from './health';
import { importCommand } from './import';
import { init } from './init';
import { logs } from './logs';
import { preflight } from './preflight';
import { recover } from './recover';
import { restore } from './restore';
import { rollback } from './rollback';
import { salvage } from './salvage';
import { scale } from './scale';
import { secrets } from './secrets';
import { start } from './start';
import { status } from './status';
import { switchover } from './switchover';
import { thaw } from './thaw';

/** In the order of the help: by groups, and in each as they are used. */
export const COMMANDS: readonly AddCommand[] = [
  init,
  importCommand,
  check,
  secrets,
  files,
  preflight,
  deploy,
  start,
  destroy,
  status,
  health,
  logs,
  exec,
  rollback,
  scale,
  switchover,
  failback,
  failover,
  freeze,
  thaw,
  drill,
  chaos,
  database,
  restore,
  recover,
  salvage,
  archive,
  cost,
  diagram,
  dashboards,
];
