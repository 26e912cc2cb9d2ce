import { homeReplicas } from '../replicas';
import { SIZES } from '../sizes';
import { noSuch } from '../suggest';
import { eachService } from './rule';

export const scalingHasAMetric = eachService(function* ({ scaling }, path) {
  if (!scaling) return;
  const { cpuPercent, memoryPercent, requestsPerSecond, backlogPerTask } = scaling;
  const metrics = [cpuPercent, memoryPercent, requestsPerSecond, backlogPerTask];
  if (metrics.some((metric) => metric !== undefined)) return;
  const names = ['cpuPercent', 'memoryPercent', 'requestsPerSecond', 'backlogPerTask'];
  yield {
    path: [...path, 'scaling'],
    because: [...names, 'queue'].map((key) => [...path, 'scaling', key]),
    message: `nothing is measured; give at least one of ${names.join(', ')}.`,
  };
});

export const requestsNeedRoutes = eachService(function* ({ scaling, routes }, path) {
  if (scaling?.requestsPerSecond === undefined || routes.length > 0) return;
  yield {
    path: [...path, 'scaling', 'requestsPerSecond'],
    because: [[...path, 'routes']],
    message: 'a service without routes gets no requests from the balancer; use another metric.',
  };
});

export const backlogNeedsAQueue = eachService(function* ({ scaling }, path, { declared }) {
  if (!scaling) return;
  const at = (key: string) => [...path, 'scaling', key];
  const { backlogPerTask, queue } = scaling;
  const queues = declared(['queues']);
  if (queue !== undefined && !queues.includes(queue)) {
    yield { path: at('queue'), because: [['queues']], message: noSuch('queue', queue, queues) };
  }
  if (backlogPerTask !== undefined && queue === undefined) {
    yield {
      path: at('backlogPerTask'),
      because: [at('queue')],
      message: 'whose backlog is not said; name a queue of the file in scaling.queue.',
    };
  }
  if (queue !== undefined && backlogPerTask === undefined) {
    yield {
      path: at('queue'),
      because: [at('backlogPerTask')],
      message:
        'it counts for backlogPerTask only, which is missing; give the messages that one task may have waiting.',
    };
  }
});

export const roomToScale = eachService(function* ({ scaling, replicas }, path, { document, written }) {
  if (!scaling) return;
  const { min, max } = homeReplicas(replicas, SIZES[document.size].service);
  const because = ['min', 'max', 'desired'].map((key) => [...path, 'replicas', key]);
  if (min === max) {
    yield {
      path: [...path, 'scaling'],
      because,
      message: `there is nothing to scale between min ${min} and max ${max}; raise max, lower min, or leave scaling out.`,
    };
  }
  if (min === 0 && scaling.backlogPerTask === undefined) {
    yield {
      path: written([...path, 'replicas', 'min'], [...path, 'replicas']),
      because,
      message:
        'a service scaled down to 0 has no CPU, memory or requests that could scale it up again; allowed: at least 1.',
    };
  }
});
