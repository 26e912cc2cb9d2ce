import { objectivesOf } from '../../../lib/config/objectives';
import { CLAIMED, leads, MOVED } from './day';
import { inRegion, type Place, requests, type Sampled } from './sampled';

/** What recording rules write of the parts that have an objective of their own, while the region leads. */
export function objectiveSeries(place: Place): Sampled[] {
  const { platform, role } = place;
  const { gauge } = inRegion(place);
  const leading = (value: (minute: number) => number) => (minute: number) =>
    leads(role, minute) ? value(minute) : undefined;
  const moves = (minute: number): boolean => role === 'standby' && minute >= CLAIMED && minute < MOVED;
  return objectivesOf(platform).flatMap(({ part, kind }) => {
    const labels = { part, kind, ...(kind === 'service' ? { service: part } : {}) };
    const isBalancer = kind === 'balancer';
    const asked = (minute: number) => (isBalancer ? 60 * requests(place, minute) : 1);
    const failed = (minute: number) => (moves(minute) ? (isBalancer ? 12 : 1) : 0);
    const counts = [
      gauge('part:asked:count', labels, leading(asked)),
      gauge('part:failed:count', labels, leading(failed)),
    ];
    if (kind !== 'service') return counts;
    const service = { service: part };
    return [
      ...counts,
      gauge(
        'service:http_requests:rate5m',
        service,
        leading((minute) => requests(place, minute)),
      ),
      gauge(
        'service:http_errors:rate5m',
        service,
        leading((minute) => 0.0003 * requests(place, minute)),
      ),
    ];
  });
}
