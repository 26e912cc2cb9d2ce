import type { Edge } from '../config/platform';

/** A key and value of `AWS::ElasticLoadBalancingV2::Listener.ListenerAttributes`. */
export interface ListenerAttribute {
  readonly key: string;
  readonly value: string;
}

const RESPONSE = 'routing.http.response';

/**
 * Response headers that a balancer can set by itself: HSTS, CSP, framing, MIME sniffing, CORS; and the server header
 * taken away. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
 */
export function listenerAttributes(edge: Edge): ListenerAttribute[] {
  const { securityHeaders, cors } = edge;
  const headers: Record<string, string | undefined> = {
    strict_transport_security: `max-age=${securityHeaders.hstsSeconds}; includeSubDomains`,
    content_security_policy: securityHeaders.contentSecurityPolicy,
    x_frame_options: securityHeaders.frameOptions,
    x_content_type_options: 'nosniff',
    access_control_allow_origin: cors?.origins[0],
    access_control_allow_methods: cors?.methods.join(','),
    access_control_allow_headers: list(cors?.headers),
    access_control_expose_headers: list(cors?.exposeHeaders),
    access_control_allow_credentials: cors?.credentials ? 'true' : undefined,
    access_control_max_age: cors ? String(cors.maxAgeSeconds) : undefined,
  };
  return [
    ...Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [{ key: `${RESPONSE}.${name}.header_value`, value }],
    ),
    { key: `${RESPONSE}.server.enabled`, value: 'false' },
  ];
}

/** An empty list is no header at all. */
const list = (values: readonly string[] | undefined): string | undefined =>
  values === undefined || values.length === 0 ? undefined : values.join(',');
