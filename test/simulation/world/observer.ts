import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { Lease } from '../../../lambda/region-agent/ports';
import type { Turn } from '../../../lambda/region-agent/turn';
import type { SideName } from './places';
import type { Server, Session } from './server';
import type { Commit } from './wal';

/** Told of everything that happens in the world, at the instant at which it happens. */
export interface Observer {
  committed?(server: Server, commit: Commit, session: Session): void;
  leased?(
    server: Server,
    what: 'renewed' | 'opened' | 'closed',
    lease: Pick<Lease, 'epoch' | 'version'>,
  ): void;
  recordWritten?(record: LeadershipRecord, before: LeadershipRecord | undefined, byHost: string): void;
  promotionAccepted?(region: SideName, server: Server, byAgent: boolean): void;
  promoted?(region: SideName, server: Server): void;
  paged?(region: SideName, sentence: string): void;
  turned?(region: SideName, host: string, turn: Turn): void;
  faulted?(sentence: string): void;
  stepped?(): void;
}
