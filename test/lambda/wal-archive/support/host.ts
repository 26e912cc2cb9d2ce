import { compressBody } from '../../../../lambda/archive/format/seal';
import type { ObjectStore } from '../../../../lambda/archive/store';
import { systemClock } from '../../../../lambda/runtime/clock';
import { postgres } from '../../../../lambda/runtime/postgres/connect';
import type { Host } from '../../../../lambda/wal-archive/session';
import { sourceSession } from '../../../../lambda/wal-archive/source';
import { replication } from '../../../../lambda/wal-archive/walsender/connect';
import { ARCHIVER, type FencedServer } from '../../../support/fence';

/** The two stores that an archiver puts into. */
export interface Regions {
  readonly near: ObjectStore;
  readonly far: ObjectStore;
}

/** @returns what an archiver of a real, fenced database works with, as the deployed one has it */
export function hostOf({ address, ca }: FencedServer, { near, far }: Regions): Host {
  const options = { name: 'holdfast-wal-archive', ca } as const;
  const world = {
    near,
    far,
    replication: () => replication(address, systemClock, options).connect(ARCHIVER),
    source: async () => sourceSession(await postgres(address, options).connect(ARCHIVER)),
  };
  return { world, clock: systemClock, compress: compressBody };
}
