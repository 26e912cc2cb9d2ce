import { HoldfastError } from '../../lambda/runtime/errors';
import type { Names } from './ports';

/** The resolver knows only the names of its own house. */
export class NotThePublicDns extends HoldfastError {
  constructor(readonly topLevel: string) {
    super(
      `The resolver of this machine does not know .${topLevel}, so it does not see the public DNS; name one that does: --dns-server 1.1.1.1.`,
    );
  }
}

/**
 * Resolvers without a way to the world answer every question with "there is no such name". Taken for the truth, that
 * would mean a zone without delegation and without CAA records.
 * @throws NotThePublicDns
 */
export async function assertPublicDns(name: string, names: Names): Promise<void> {
  const topLevel = name.slice(name.lastIndexOf('.') + 1);
  if ((await names.nameServers(topLevel)).length === 0) throw new NotThePublicDns(topLevel);
}
