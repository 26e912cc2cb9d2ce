import { parseImage, UPSTREAM_REGISTRIES } from '../image';
import { homeReplicas } from '../replicas';
import { SIZES } from '../sizes';
import { didYouMean, oneOf } from '../suggest';
import { eachService, type Rule } from './rule';

export const atLeastOneService: Rule = function* ({ declared }) {
  if (declared(['services']).length === 0) {
    yield { path: ['services'], message: 'there is no service; a platform has at least one.' };
  }
};

/** min <= desired <= max, and what must stay in service or stands by fits in. */
export const replicaOrder = eachService(function* (service, path, { document, written }) {
  const asked = service.replicas;
  const { min, desired, max, available } = homeReplicas(asked, SIZES[document.size].service);
  const at = (key: string) => [...path, 'replicas', key];
  if (min > max) {
    yield {
      path: at('min'),
      message: `${min} is more than max; allowed: at most ${max}.`,
      because: [at('max')],
    };
  } else if (desired < min || desired > max) {
    yield {
      path: written(at('desired'), at('min')),
      message: `${desired} is not between min and max; allowed: ${min} to ${max}.`,
      because: [at('min'), at('max')],
    };
  }
  if (asked.standby !== undefined && asked.standby > max) {
    yield {
      path: at('standby'),
      message: `${asked.standby} is more than max; allowed: at most ${max}.`,
      because: [at('max')],
    };
  }
  if (available > desired) {
    yield {
      path: at('available'),
      message: `${available} cannot stay in service when ${desired} are desired; allowed: at most ${desired}.`,
      because: [at('desired'), at('min')],
    };
  }
});

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
const REPOSITORY = /^[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

export const imageCanBePulled = eachService(function* (service, path) {
  const image = parseImage(service.image);
  const at = [...path, 'image'];
  const registries = Object.keys(UPSTREAM_REGISTRIES);
  if (image.kind === 'upstream' && !registries.includes(image.registry)) {
    yield {
      path: at,
      message: `${image.registry} cannot be pulled through ECR;${didYouMean(image.registry, registries)} allowed: ${oneOf(registries)}, or an own image without a registry.`,
    };
  }
  if (!REPOSITORY.test(image.repository)) {
    yield {
      path: at,
      message: `${image.repository} is no name of a repository; allowed: lower-case letters and digits, parted by one of . _ - /.`,
    };
  }
});

/**
 * The agent that takes commands writes into the root file system.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
 */
export const commandsNeedAWritableRoot = eachService(function* (service, path) {
  if (!service.exec || !service.container.readOnlyRoot) return;
  yield {
    path: [...path, 'exec'],
    because: [[...path, 'container', 'readOnlyRoot']],
    message:
      'true needs a root file system that can be written: the agent of ECS Exec writes into it; set container.readOnlyRoot: false too, or leave exec out.',
  };
});

/** These change how the balancer treats a service; without a route they would silently do nothing. */
export const onlyWithRoutes = eachService(function* (service, path) {
  if (service.routes.length > 0) return;
  const because = [[...path, 'routes']];
  if (service.stickiness) {
    yield {
      path: [...path, 'stickiness'],
      because,
      message: 'a service without routes has no clients to keep.',
    };
  }
  if (service.health) {
    yield {
      path: [...path, 'health'],
      because,
      message:
        'a service without routes has no target group, so nothing would ask it; add a route or leave it out.',
    };
  }
  if (service.deployment.strategy === 'canary') {
    yield {
      path: [...path, 'deployment', 'strategy'],
      because,
      message:
        'canary is not allowed for a service without routes: it has no traffic to split; allowed: rolling or blue-green.',
    };
  }
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html */
const GROUPS_OF_A_SERVICE = 5;

/** Each route of a service that shifts traffic is a pair of target groups. */
export const pairsFit = eachService(function* ({ routes, deployment }, path) {
  if (deployment.strategy === 'rolling' || routes.length <= GROUPS_OF_A_SERVICE) return;
  yield {
    path: [...path, 'routes'],
    because: [[...path, 'deployment']],
    message: `${routes.length} routes with ${deployment.strategy} are ${routes.length} pairs of target groups; ECS takes ${GROUPS_OF_A_SERVICE}. Put paths together (up to five in a route), or deploy rolling.`,
  };
});
