import type { Platform } from '../../../lib/config/platform';
import { awsPorts } from '../../checks/aws';
import { clients } from '../../checks/aws/call';
import { credentials } from '../../checks/credentials';
import { GLOBAL } from '../../checks/line';
import { preflightPorts } from '../../operate/aws';
import type { DestroyPorts } from '../destroy/run';
import { stackRemoval } from './removal';

/** The ports on AWS itself, with the credentials and the endpoint that the SDK finds in the environment. */
export function destroyPorts(platform: Platform): DestroyPorts {
  const { leadership, deployed } = preflightPorts(platform);
  const { identity, stacks } = awsPorts();
  return {
    leadership,
    deployed,
    stacks,
    removal: stackRemoval(clients()),
    credentials: async () => {
      const found = await credentials(platform.account, identity);
      return found.state === 'ok' ? undefined : { check: 'credentials', place: GLOBAL, ...found };
    },
  };
}
