import { systemClock } from '../runtime/clock';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { route53Checks } from './aws';
import { gate } from './gate';

export const handler = customResourceHandler(() => gate(route53Checks(systemClock)));
