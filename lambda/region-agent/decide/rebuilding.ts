import { protectedAgain } from '../../leader/steps';
import type { Decision, RebuildStep } from '../decision';
import { lagOf } from '../lag';
import { isForced } from '../limitation';
import { ifKnown, whyNot } from '../observation';
import type { DatabaseStatus, InstanceStatus, RebuildStatus } from '../ports';
import { mayTry, type Situation } from '../situation';
import { leftBehind, mayResize } from './left-behind';
import { watch } from './watching';

/** RDS takes minutes for each step: asking more often only costs. In milliseconds. */
const REST_MS = 20_000;

/**
 * The side that was left becomes the replica of the one that leads, under its old identifier: CloudFormation then sees no
 * difference. What it held is kept: a last snapshot and the instance itself, renamed and behind a closed door, from which
 * transactions that never reached the other side can still be read.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
 */
export function rebuild(situation: Situation): Decision {
  const { record, settings, seen, managed } = situation;
  if (isForced(situation)) return watch(situation);
  if (record.operation?.to !== settings.own) return leftBehind(situation, undefined);
  // The side that leads has taken it to no task, and a side that stands by runs what its tier says.
  if (mayResize(situation, ({ desired, standby }) => desired !== standby)) {
    return {
      action: { kind: 'scale-down' },
      sentence: `${settings.own} is being rebuilt: its services get their size for standing by.`,
    };
  }
  if (!managed) return reattachThen(situation, finish);
  const database = ifKnown(seen.database);
  if (database && !database.inRecovery && !database.lease.closed) return leftBehind(situation, database);
  if (!seen.rebuild?.known) {
    return { sentence: `${settings.own} is to be rebuilt, but RDS does not answer. ${whyNot(seen.rebuild)}` };
  }
  const status = seen.rebuild.value;
  const { instance } = status;
  if (instance && instance.source === null) return setAside(situation, instance, status);
  if (!instance) return step(situation, { step: 'create-replica' }, 'a new replica is made');
  if (instance.status !== 'available') return waits(situation, `its new replica is ${instance.status}`);
  if (!status.settled)
    return step(situation, { step: 'settle-replica' }, 'its new replica gets its settings');
  return dropCopies(situation, status, database);
}

/** The old primary gets out of the way of its own name. */
function setAside(
  situation: Situation,
  instance: InstanceStatus,
  { quarantine, snapshot }: RebuildStatus,
): Decision {
  if (quarantine) {
    return {
      ...waits(
        situation,
        'a primary stands under its name beside the one in quarantine, and a person must look',
      ),
      signals: ['gateRefused'],
    };
  }
  if (instance.status !== 'available') return waits(situation, `its old database is ${instance.status}`);
  if (snapshot === undefined) return step(situation, { step: 'snapshot' }, 'a last snapshot is taken');
  if (snapshot !== 'available') return waits(situation, `its last snapshot is ${snapshot}`);
  return step(situation, { step: 'quarantine' }, 'its old database is renamed and shut off');
}

/**
 * Copies for reads of what was left go, so that nobody goes on reading it. New ones are no condition of protection: RDS
 * copies only what has backups, which the new replica has not, so this region makes them when it leads again.
 */
function dropCopies(
  situation: Situation,
  { readReplicas }: RebuildStatus,
  database: DatabaseStatus | undefined,
): Decision {
  const stale = readReplicas.find(({ ofInstance }) => !ofInstance);
  if (stale?.status === 'deleting') return waits(situation, `${stale.identifier} is being deleted`);
  if (stale) {
    const { identifier } = stale;
    return step(
      situation,
      { step: 'delete-read-replica', identifier },
      `${identifier} reads what was left and goes`,
    );
  }
  return reattachThen(situation, (ready) => catchUp(ready, database));
}

/** Secrets belong to home: what was changed in them while the other side led comes back. */
function reattachThen(situation: Situation, then: (situation: Situation) => Decision): Decision {
  const { settings, memory } = situation;
  if (settings.own !== settings.home || memory.done.has('reattach-secrets')) return then(situation);
  return step(situation, { step: 'reattach-secrets' }, 'its secrets get the values of the other side');
}

function catchUp(situation: Situation, database: DatabaseStatus | undefined): Decision {
  const { record, settings, seen } = situation;
  if (!database) {
    return {
      sentence: `${settings.own} is being rebuilt; its new replica does not answer. ${whyNot(seen.database)}`,
    };
  }
  if (!database.inRecovery) return leftBehind(situation, database);
  const { seconds } = lagOf(record, database);
  if (!database.streaming || seconds === undefined || seconds > settings.lagGateSeconds) {
    const behind = seconds === undefined ? 'an unknown time' : `${Math.round(seconds)} s`;
    return waits(
      situation,
      `its new replica is ${behind} behind${database.streaming ? '' : ' and not connected'}`,
    );
  }
  return finish(situation);
}

function finish({ record, settings }: Situation): Decision {
  const sentence = `${settings.own} is rebuilt and could take over: the platform is protected again.`;
  return { next: protectedAgain(record), sentence, page: sentence };
}

function step(situation: Situation, what: RebuildStep, sentence: string): Decision {
  const name = 'identifier' in what ? `${what.step} ${what.identifier}` : what.step;
  if (!mayTry(situation, name, REST_MS)) return waits(situation, sentence);
  return {
    action: { kind: 'rebuild', ...what },
    sentence: `${situation.settings.own} is being rebuilt: ${sentence}.`,
  };
}

const waits = ({ settings }: Situation, what: string): Decision => ({
  sentence: `${settings.own} is being rebuilt: ${what}.`,
});
