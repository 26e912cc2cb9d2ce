import { promoting, serving, withdrawn } from '../../leader/steps';
import type { Decision } from '../decision';
import { isPromotable, isPromotedReplica } from '../limitation';
import { ifKnown, whyNot } from '../observation';
import type { DatabaseStatus } from '../ports';
import type { Situation } from '../situation';

/**
 * This region has claimed the lead and has not asked for a promotion yet. Here is the last point of return: once the
 * record says PROMOTING, RDS may have been asked, and nobody can take that back.
 */
export function finishClaim(situation: Situation): Decision {
  const { record, settings, seen, managed } = situation;
  const claim = `${settings.own} has claimed epoch ${record.epoch}`;
  if (record.frozen) return { sentence: `${claim}, and an operator has frozen the platform: it waits.` };
  if (!managed) {
    const sentence = `${settings.own} leads epoch ${record.epoch}; there is no database to promote.`;
    return {
      next: serving(record, {
        databaseTime: new Date(situation.wallMs).toISOString(),
        walLsn: null,
        ttlSeconds: settings.leaseSeconds,
        enforceSeconds: settings.enforceSeconds,
      }),
      action: { kind: 'scale-up' },
      sentence,
      page: sentence,
      again: true,
    };
  }
  const database = ifKnown(seen.database);
  if (!database) return wait(`${claim}, but its database does not answer. ${whyNot(seen.database)}`);
  if (!database.inRecovery) return adopt(situation, database, claim);
  if (!seen.instance?.known) return wait(`${claim}, but RDS does not answer. ${whyNot(seen.instance)}`);
  const instance = seen.instance.value;
  if (!instance || instance.source === null) {
    return withdraw(situation, `${claim} and has no replica to promote; it gives the claim back.`);
  }
  if (!isPromotable(instance)) {
    return wait(
      `${claim}; its replica is ${instance.status}, and RDS promotes only what is available: it waits.`,
    );
  }
  const next = promoting(record, { receiveLsn: database.receiveLsn, replayLsn: database.lsn });
  const sentence = `${claim}; its replica has received ${database.receiveLsn ?? 'nothing since its start'} and replayed ${database.lsn}: it is promoted.`;
  return { next, action: { kind: 'promote' }, sentence, page: sentence, again: true };
}

/** Somebody has promoted it meanwhile. What it holds is what a promotion now would give. */
function adopt(situation: Situation, database: DatabaseStatus, claim: string): Decision {
  const { record } = situation;
  if (!isPromotedReplica(database, record.epoch - 1)) {
    return withdraw(
      situation,
      `${claim} and has a side that was left, not a replica; it gives the claim back.`,
    );
  }
  const next = promoting(record, { receiveLsn: null, replayLsn: null });
  const sentence = `${claim}; its replica is promoted already, by a person.`;
  return { next, sentence, page: sentence, again: true };
}

const wait = (sentence: string): Decision => ({ sentence, signals: ['gateRefused'], limitation: sentence });

function withdraw({ record }: Situation, sentence: string): Decision {
  return { next: withdrawn(record, sentence), sentence, page: sentence };
}
