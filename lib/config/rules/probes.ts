import type { Path } from '../problem';
import { trafficPortName } from '../resolve-service';
import { noSuch } from '../suggest';
import { eachService, type Finding, type RuleContext, type ServiceDocument } from './rule';

/** Why a port cannot be told, if it cannot. */
export function* portProblem(
  asked: string | undefined,
  fallback: string | undefined,
  service: ServiceDocument,
  path: Path,
  servicePath: Path,
  { declared, written }: RuleContext,
): Iterable<Finding> {
  const ports = declared([...servicePath, 'ports']);
  const because = [[...servicePath, 'ports']];
  const meant = asked ?? fallback;
  if (meant !== undefined && service.ports[meant] !== undefined) return;
  const at = written([...path, 'port'], path);
  if (ports.length === 0) {
    yield {
      path: at,
      because,
      message: 'the service has no port; give it one under ports, for example http: 8080.',
    };
  } else if (asked === undefined) {
    yield {
      path: at,
      because,
      message: `no port is named and none is called http; allowed: port with one of ${[...ports].sort().join(', ')}.`,
    };
  } else {
    yield { path: at, because, message: noSuch('port', asked, ports) };
  }
}

const PROBES = ['health', 'readiness', 'deepHealth', 'metrics'] as const;

export const probesHaveAPort = eachService(function* (service, path, context) {
  for (const key of PROBES) {
    const probe = service[key];
    // The port of a broken route is reported there.
    const fallback = trafficPortName(service);
    if (probe && !(probe.port === undefined && service.routes[0]?.port !== undefined)) {
      yield* portProblem(probe.port, fallback, service, [...path, key], path, context);
    }
  }
});

export const timeoutBelowInterval = eachService(function* ({ health }, path, { written }) {
  if (!health || health.timeoutSeconds < health.intervalSeconds) return;
  const at = (key: string) => [...path, 'health', key];
  yield {
    path: written(at('timeoutSeconds'), at('intervalSeconds')),
    because: [at('timeoutSeconds'), at('intervalSeconds')],
    message: `a timeout of ${health.timeoutSeconds} s is not shorter than the interval of ${health.intervalSeconds} s; allowed: less.`,
  };
});

/** The deep path asks the dependencies: a database that is down must not take every task out of rotation. */
export const deepHealthIsAnotherPath = eachService(function* ({ health, deepHealth }, path) {
  if (!health || !deepHealth || health.path !== deepHealth.path || health.port !== deepHealth.port) return;
  yield {
    path: [...path, 'deepHealth', 'path'],
    because: [[...path, 'health', 'path']],
    message: `${deepHealth.path} is also the health path; a deep path must be another one, because health decides about routing and replacing.`,
  };
});
