import { CfnCachePolicy, CfnResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { cdnName, publicNames } from '../config/names';
import type { Cdn, Platform } from '../config/platform';

const DAY_SECONDS = 86_400;

/**
 * What is kept of static files: compressed answers apart, and each query by itself, because builds put versions there.
 * What the origin says in Cache-Control holds, up to the longest time of the file.
 */
export const staticCache = (scope: Construct, platform: Platform, { maxAgeSeconds }: Cdn): CfnCachePolicy =>
  new CfnCachePolicy(scope, 'Cache', {
    cachePolicyConfig: {
      name: cdnName(platform),
      minTtl: 0,
      defaultTtl: Math.min(DAY_SECONDS, maxAgeSeconds),
      maxTtl: maxAgeSeconds,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: 'none' },
        headersConfig: { headerBehavior: 'none' },
        queryStringsConfig: { queryStringBehavior: 'all' },
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      },
    },
  });

/** Headers on every answer of the CDN: those of security as the balancers set them, and any that the file names. */
export function answerHeaders(scope: Construct, platform: Platform, cdn: Cdn): CfnResponseHeadersPolicy {
  const { hstsSeconds, contentSecurityPolicy, frameOptions } = platform.edge.securityHeaders;
  const override = true;
  const custom = Object.entries(cdn.headers).map(([header, value]) => ({ header, value, override }));
  return new CfnResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyConfig: {
      name: cdnName(platform),
      securityHeadersConfig: {
        strictTransportSecurity: { accessControlMaxAgeSec: hstsSeconds, includeSubdomains: true, override },
        contentTypeOptions: { override },
        frameOptions: { frameOption: frameOptions, override },
        ...(contentSecurityPolicy === undefined
          ? {}
          : { contentSecurityPolicy: { contentSecurityPolicy, override } }),
      },
      corsConfig: {
        // Browsers fetch fonts and modules from another name only if it says so.
        accessControlAllowOrigins: { items: pages(platform) },
        accessControlAllowMethods: { items: ['GET', 'HEAD', 'OPTIONS'] },
        accessControlAllowHeaders: { items: ['*'] },
        accessControlAllowCredentials: false,
        accessControlMaxAgeSec: DAY_SECONDS,
        originOverride: true,
      },
      removeHeadersConfig: { items: [{ header: 'Server' }] },
      ...(custom.length > 0 ? { customHeadersConfig: { items: custom } } : {}),
    },
  });
}

/** Origins whose pages use the files: every public name, and the one of `edge.cors`. */
function pages(platform: Platform): string[] {
  const { cors, httpsPort } = platform.edge;
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const own = publicNames(platform).map((name) => `https://${name}${port}`);
  return [...new Set([...own, ...(cors?.origins ?? [])])].sort();
}
