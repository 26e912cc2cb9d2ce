import { systemClock } from './clock';
import { type Context, type CustomResource, type Request, serve } from './custom-resource';
import { put } from './http-put';
import { standardLog } from './log';

/**
 * @param make builds the resource from the function's environment, on every request
 * @returns the handler of a function behind a custom resource
 */
export function customResourceHandler<P>(
  make: () => CustomResource<P>,
): (request: Request, context: Context) => Promise<void> {
  return (request, context) => serve(make, request, context, { clock: systemClock, log: standardLog, put });
}
