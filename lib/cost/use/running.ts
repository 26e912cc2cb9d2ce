import { functionName, regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { ENDPOINT_CHECK_SECONDS } from '../../config/timings';
import { agentRunSeconds } from '../../recovery/agent-run';
import type { BuiltRegion } from '../built';
import { type CostPart, DAYS_PER_MONTH, partIf, sum, timesPerMonth } from '../part';
import type { Prices } from '../prices';
import type { Use } from './assumptions';

/** Places from which Route 53 asks an endpoint, each at the interval of the check. */
const CHECKERS = 16;
const ANSWER_SECONDS = 0.02;
const ANSWER_GIB = 0.25;
const AGENT_EVERY_SECONDS = 60;
/** Of a run that the clock starts, on average. */
const RUN_SECONDS = 3;
/** Logs are kept for thirty days. */
const LOG_DAYS = 30;
/** Ingest and delivery of a region's own functions, flows and firewall beside the services' logs, in GiB a day. */
const OWN_LOGS_GIB = 0.05;
/** These have a line of their own. */
const ELSEWHERE = ['region-agent', 'heartbeat'];

/** What Holdfast's own parts ask and write while nothing happens, in one region; and the logs. */
export function runningParts(
  prices: Prices,
  platform: Platform,
  built: BuiltRegion,
  use: Use,
): readonly CostPart[] {
  return [
    ...tablePart(prices, platform, built),
    ...endpointPart(prices, built),
    ...scheduledPart(prices, platform, built),
    ...logsPart(prices, platform, built, use),
  ];
}

/** Overlapping runs of the agent read the record at each poll; the leader's write it, and every replica pays the write. */
function tablePart(prices: Prices, platform: Platform, { region, tables }: BuiltRegion): readonly CostPart[] {
  const atOnce = agentRunSeconds(platform) / AGENT_EVERY_SECONDS;
  const polls = atOnce * timesPerMonth(platform.leadership.pollSeconds);
  const reads = roleOf(platform, region) === undefined ? 0 : polls;
  const { millionReads, millionWrites } = prices.table;
  return partIf(tables > 0, () => ({
    name: 'leadership record',
    region,
    usdPerMonth: tables * (polls / 1e6) * millionWrites + (reads / 1e6) * millionReads,
    how: `at most ${millions(polls)} million writes and ${millions(reads)} million reads`,
  }));
}

function endpointPart(prices: Prices, { region, apis }: BuiltRegion): readonly CostPart[] {
  const asked = apis * CHECKERS * timesPerMonth(ENDPOINT_CHECK_SECONDS);
  const { millionRuns, gibSecondArm } = prices.lambda;
  return partIf(apis > 0, () => ({
    name: 'leadership endpoint',
    region,
    usdPerMonth:
      (asked / 1e6) * (prices.apiMillionRequests + millionRuns) +
      asked * ANSWER_SECONDS * ANSWER_GIB * gibSecondArm,
    how: `${millions(asked)} million questions: ${CHECKERS} checkers of Route 53 every ${ENDPOINT_CHECK_SECONDS} s`,
  }));
}

function scheduledPart(
  prices: Prices,
  platform: Platform,
  { region, scheduled }: BuiltRegion,
): readonly CostPart[] {
  const others = scheduled.filter(
    (one) => !ELSEWHERE.some((name) => functionName(platform, name) === one.functionName),
  );
  const starts = sum(others.map(({ startsPerMonth }) => startsPerMonth));
  const { millionRuns, gibSecondArm } = prices.lambda;
  const gibSeconds = sum(
    others.map(
      ({ functionName: name, memoryMib, startsPerMonth }) =>
        startsPerMonth * runSeconds(platform, name) * (memoryMib / 1024),
    ),
  );
  return partIf(others.length > 0, () => ({
    name: 'functions on a schedule',
    region,
    usdPerMonth: (starts / 1e6) * (millionRuns + prices.millionScheduledStarts) + gibSeconds * gibSecondArm,
    how: `${Math.round(starts)} runs of ${RUN_SECONDS} s on average${isStreaming(platform) ? '; the archiver runs all the time' : ''}`,
  }));
}

/** A streaming archiver is started each minute and takes over from the run before: one runs all the time. */
const runSeconds = (platform: Platform, name: string): number =>
  isStreaming(platform) && name === functionName(platform, 'wal-archive') ? AGENT_EVERY_SECONDS : RUN_SECONDS;

const isStreaming = ({ backup }: Platform): boolean => backup.archive.mode === 'stream';

function logsPart(
  prices: Prices,
  platform: Platform,
  { region }: BuiltRegion,
  use: Use,
): readonly CostPart[] {
  const role = roleOf(platform, region);
  const perDay = (role === undefined ? 0 : OWN_LOGS_GIB) + (role === 'home' ? use.logsGib : 0);
  const { ingestedGib, keptGibMonth } = prices.logs;
  return partIf(perDay > 0, () => ({
    name: 'logs',
    region,
    usdPerMonth: perDay * (DAYS_PER_MONTH * ingestedGib + LOG_DAYS * keptGibMonth),
    how: `${perDay} GiB a day, kept ${LOG_DAYS} days`,
  }));
}

const roleOf = (platform: Platform, region: string): Role | undefined =>
  (['home', 'standby'] as const).find((role) => regionOf(platform, role) === region);

const millions = (count: number): string => (count / 1e6).toFixed(1);
