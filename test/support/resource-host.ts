import type { Host } from '../../lambda/runtime/custom-resource';
import type { Fields } from '../../lambda/runtime/log';
import { FakeClock } from './fake-clock';

export interface TestHost extends Host {
  readonly clock: FakeClock;
  readonly events: readonly { readonly event: string; readonly fields: Fields }[];
}

/**
 * @param seconds that the work may take, on a clock that stands still
 * @returns what a custom resource is given while it works; it keeps what was logged
 */
export function resourceHost(seconds = 890): TestHost {
  const clock = new FakeClock();
  const events: { event: string; fields: Fields }[] = [];
  return {
    clock,
    events,
    deadline: clock.now() + seconds * 1000,
    log: (event, fields = {}) => void events.push({ event, fields }),
  };
}
