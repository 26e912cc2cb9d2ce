import { HoldfastError } from '../../runtime/errors';

/** AWS has refused something, and would refuse it again: somebody must change a secret, a topic or a permission. */
export class LastingFailure extends HoldfastError {}
