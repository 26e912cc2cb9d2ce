import type { Platform } from '../../config/platform';

/** Parts that an alert can be about: what `appliesTo` is made of. */

/** ECS tells of services whatever the file says. */
export const always = (): boolean => true;

/** A collector beside each task tells of the task. */
export const hasTaskMetrics = ({ monitoring }: Platform): boolean => monitoring.collectors;

/** A service gets requests from the balancer. */
export const hasRoutes = ({ services }: Platform): boolean =>
  services.some(({ routes }) => routes.length > 0);

/** A service serves metrics of its own, and a collector reads them. */
export const hasMetrics = (platform: Platform): boolean =>
  hasTaskMetrics(platform) && platform.services.some(({ metrics }) => metrics !== undefined);

/** Somebody knows which tasks of a service work: the collectors beside them or the balancer. */
export const knowsTasks = (platform: Platform): boolean => hasTaskMetrics(platform) || hasRoutes(platform);

/** Somebody counts the requests of a service: itself or the balancer. */
export const answersRequests = (platform: Platform): boolean => hasRoutes(platform) || hasMetrics(platform);

/** A service has a path that tells whether it can do its work with all that it needs. */
export const hasDeepHealth = ({ services }: Platform): boolean =>
  services.some(({ deepHealth }) => deepHealth !== undefined);
