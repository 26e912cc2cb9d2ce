import { regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { COLLECTOR_MIB } from '../../config/sizes';
import { cloudWatchRequests } from '../../monitoring/collector/region-requests';
import { memoryUsd, tasksOf, taskUsd } from '../fargate';
import { type CostPart, sum, timesPerMonth } from '../part';
import type { Prices } from '../prices';

/** Size of the region's collector, as its construct has it. */
const REGION_COLLECTOR = { cpuUnits: 256, memoryMib: 1024 };

/** What runs to collect metrics, and what it asks CloudWatch; nothing where the platform has no collectors. */
export function collectorParts(prices: Prices, platform: Platform, role: Role): readonly CostPart[] {
  if (!platform.monitoring.collectors) return [];
  const region = regionOf(platform, role);
  return [
    besideTasks(prices, platform, role),
    {
      name: "region's collector",
      region,
      usdPerMonth: taskUsd(prices, REGION_COLLECTOR, 'arm64'),
      how: 'one task of 0.25 vCPU and 1 GiB, arm64',
    },
    requests(prices, platform, role),
  ];
}

function besideTasks(prices: Prices, platform: Platform, role: Role): CostPart {
  const { services } = platform;
  const tasks = sum(services.map((service) => tasksOf(service, role)));
  return {
    name: 'collectors beside the tasks',
    region: regionOf(platform, role),
    usdPerMonth: sum(
      services.map(
        (service) => tasksOf(service, role) * memoryUsd(prices, COLLECTOR_MIB, service.architecture),
      ),
    ),
    how: `${COLLECTOR_MIB} MiB of the memory of each of ${tasks} tasks`,
  };
}

function requests(prices: Prices, platform: Platform, role: Role): CostPart {
  const asked = cloudWatchRequests(platform, role).map(({ everySeconds, known, found, searches }) => ({
    everySeconds,
    count: known + found + searches,
  }));
  const perMonth = sum(asked.map(({ count, everySeconds }) => count * timesPerMonth(everySeconds)));
  return {
    name: 'requests to CloudWatch',
    region: regionOf(platform, role),
    usdPerMonth: (perMonth / 1000) * prices.cloudWatch.thousandRequests,
    how: asked.map(({ count, everySeconds }) => `${count} every ${everySeconds} s`).join(', '),
  };
}
