import type { Route, Service } from './platform';

/** A target group of a service, or a pair of them, with the routes that feed it. */
export interface TrafficGroup {
  /** Tells the groups of a service apart, in names of alarms too: the port, and a number where a port has several. */
  readonly label: string;
  readonly containerPort: number;
  readonly routes: readonly Route[];
}

/** Whether a deployment shifts traffic between two sets of tasks, so that each target group has an alternate one. */
export const shiftsTraffic = ({ deployment, routes }: Pick<Service, 'deployment' | 'routes'>): boolean =>
  deployment.strategy !== 'rolling' && routes.length > 0;

/**
 * @returns the target groups of a service. Rolling: one for each port that routes name. Otherwise one for each route,
 *   because ECS shifts the weights of a single rule for each pair of groups. The label of a group follows from the order
 *   in the file and not from its paths, so that another path moves no task.
 */
export function trafficGroups(service: Pick<Service, 'deployment' | 'routes'>): readonly TrafficGroup[] {
  const ports = [...new Set(service.routes.map(({ containerPort }) => containerPort))].sort((a, b) => a - b);
  return ports.flatMap((containerPort) => {
    const routes = service.routes.filter((route) => route.containerPort === containerPort);
    if (!shiftsTraffic(service)) return [{ label: String(containerPort), containerPort, routes }];
    return routes.map((route, index) => ({
      label: index === 0 ? String(containerPort) : `${containerPort}-${index + 1}`,
      containerPort,
      routes: [route],
    }));
  });
}

/** How many target groups a service has, the alternate ones too. */
export const targetGroupCount = (service: Pick<Service, 'deployment' | 'routes'>): number =>
  trafficGroups(service).length * (shiftsTraffic(service) ? 2 : 1);
