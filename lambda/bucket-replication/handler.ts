import { customResourceHandler } from '../runtime/custom-resource-handler';
import { s3Buckets } from './aws';
import { replication } from './replicate';

/** Set where another endpoint than AWS's own is asked. */
const otherEndpoint = (): boolean => Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);

export const handler = customResourceHandler(() => replication(s3Buckets(otherEndpoint())));
