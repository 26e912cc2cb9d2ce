import type { Lease } from '../../../lambda/region-agent/ports';
import type { Bug } from '../history/run';
import { Fence } from '../world/fence';

/** Mistakes in the fence's SQL, as patched copies of its functions. */

/** A renewal opens what was closed, and closing leaves the version as it was. */
class Reopens extends Fence {
  override renew(lease: Lease, clockMs: number, timeline: number): boolean {
    if (lease.epoch === this.state.epoch) this.state = { ...this.state, closed: false };
    return super.renew(lease, clockMs, timeline);
  }

  override close({ epoch }: Pick<Lease, 'epoch' | 'version'>): boolean {
    this.state = { ...this.state, epoch, closed: true, limitMs: 1, noLogin: true };
    return true;
  }
}

/** A lease is good on whatever timeline, so a promoted replica goes on with the lease of its source. */
class ForgetsTimeline extends Fence {
  override guard(clockMs: number): boolean {
    return clockMs < this.state.limitMs;
  }

  override isOpen(clockMs: number): boolean {
    return !this.state.closed && clockMs < this.state.limitMs;
  }
}

/** No statement is checked: only sessions are ended. */
class GuardsSessionsOnly extends Fence {
  override guard(): boolean {
    return this.state.epoch > 0;
  }
}

/** Sessions are not ended when the lease has run out; only new statements are refused. */
class LetsSessionsLive extends Fence {
  override enforce(clockMs: number, timeline: number, rolesLocked: boolean): boolean {
    super.enforce(clockMs, timeline, rolesLocked);
    return false;
  }
}

const fenced = (make: (state: Fence['state']) => Fence): Bug => ({
  patch: (simulation) => {
    simulation.fenceOf = make;
  },
});

export const OF_THE_FENCE: Readonly<Record<string, Bug>> = {
  'a late renewal opens a closed fence': fenced((state) => new Reopens(state)),
  'the timeline is not part of the lease': fenced((state) => new ForgetsTimeline(state)),
  'statements are not checked': fenced((state) => new GuardsSessionsOnly(state)),
  'sessions without a lease live on': fenced((state) => new LetsSessionsLive(state)),
};
