import { attempt } from '../runtime/attempt';
import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { sentenceOf } from '../runtime/errors';
import { createLog } from '../runtime/log';
import { embeddedMetrics } from './aws/metrics';
import { awsWorld } from './aws/world';
import { type AgentSettings, DATABASE_ENVIRONMENT, ENVIRONMENT } from './contract';
import { turnReport } from './report';
import { run } from './run';

const END_MS = 2_000;

/** Without the prefix that Lambda gives to the console's lines: CloudWatch finds metrics in lines of pure JSON. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** A start is one run; it ends before Lambda ends it. What it is started with does not matter: it looks for itself. */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const deadline = systemClock.monotonic() + context.getRemainingTimeInMillis();
  const agent = required(process.env, ENVIRONMENT);
  const settings = JSON.parse(agent.settings) as AgentSettings;
  const managed = process.env[DATABASE_ENVIRONMENT.identifier] !== undefined;
  const world = awsWorld(
    { agent, ...(managed ? { database: required(process.env, DATABASE_ENVIRONMENT) } : {}) },
    settings,
    systemClock,
  );
  const measure = embeddedMetrics(agent.cluster, systemClock, log);
  try {
    await run(world, settings, systemClock, deadline, (turn) => {
      const { line, metrics } = turnReport(turn, settings);
      log('turn', line);
      measure(metrics);
    });
  } finally {
    // The server ends what is left over; nothing waits for it.
    await attempt(systemClock, END_MS, 'The end of the connection', () => world.end()).catch(
      (error: unknown) => log('connection-not-ended', { sentence: sentenceOf(error) }),
    );
  }
}
