import { parseImage } from '../../config/image';
import type { ComposeService } from '../project';

/** What a well-known image is for. */
export type Part =
  /** PostgreSQL: becomes the database. */
  | 'database'
  /** Redis or one that speaks its protocol: becomes the cache. */
  | 'cache'
  /** RabbitMQ: becomes a queue. */
  | 'queue'
  /** Object storage: becomes buckets. */
  | 'bucket'
  /** Client of the object storage that makes its buckets and ends. */
  | 'bucket-setup'
  /** Reverse proxy: the balancer does its work. */
  | 'balancer'
  /** Certificates, or configuration of a reverse proxy. */
  | 'certificates'
  | 'monitoring'
  /** Copies of data: Holdfast makes its own. */
  | 'backup'
  /** Holds data of a kind that Holdfast does not run. */
  | 'store'
  /** For people and machines of a single host. */
  | 'tool'
  | 'pooler'
  /** Starts commands in other containers by the clock. */
  | 'clock';

/** Repository without its registry and without `library/`, and what it is for; the first that fits counts. */
const IMAGES: readonly (readonly [RegExp, Part])[] = [
  [/^(mcuadros\/ofelia|willfarrell\/crontab|funkyfuture\/deck-chores)$/, 'clock'],
  [
    /^(postgres|postgresql|bitnami(legacy)?\/postgresql(-repmgr)?|pgvector\/pgvector|ankane\/pgvector)$/,
    'database',
  ],
  [
    /^(timescale\/timescaledb(-ha)?|postgis\/postgis|supabase\/postgres|citusdata\/citus|paradedb\/paradedb)$/,
    'database',
  ],
  [
    /^(redis|valkey|valkey\/valkey(-bundle)?|redis\/redis-stack(-server)?|bitnami(legacy)?\/(redis|valkey))$/,
    'cache',
  ],
  [/^(eqalpha\/keydb|dragonflydb\/dragonfly)$/, 'cache'],
  [/^(rabbitmq|bitnami(legacy)?\/rabbitmq|cloudamqp\/lavinmq)$/, 'queue'],
  [/^(minio\/minio|bitnami(legacy)?\/minio|quay\.io\/minio\/minio|pgsty\/minio)$/, 'bucket'],
  [/^minio\/mc$|^bitnami(legacy)?\/minio-client$/, 'bucket-setup'],
  [
    /^(nginx|nginxinc\/nginx-unprivileged|bitnami(legacy)?\/nginx|nginx\/nginx|openresty\/openresty)$/,
    'balancer',
  ],
  [
    /^(traefik|traefik\/traefik|haproxy|haproxytech\/.*|caddy|envoyproxy\/envoy|kong|jc21\/nginx-proxy-manager)$/,
    'balancer',
  ],
  [
    /^(nginxproxy\/nginx-proxy|jwilder\/nginx-proxy|lucaslorentz\/caddy-docker-proxy|osixia\/keepalived)$/,
    'balancer',
  ],
  [
    /^(certbot\/.*|nginxproxy\/acme-companion|jrcs\/letsencrypt-nginx-proxy-companion|neilpang\/acme\.sh)$/,
    'certificates',
  ],
  [
    /^(prom\/.*|prometheus\/.*|prometheuscommunity\/.*|bitnami(legacy)?\/(prometheus|grafana|alertmanager|node-exporter))$/,
    'monitoring',
  ],
  [
    /^(grafana\/.*|google\/cadvisor|cadvisor\/cadvisor|zcube\/cadvisor|netdata\/netdata|louislam\/uptime-kuma)$/,
    'monitoring',
  ],
  [
    /^(oliver006\/redis_exporter|wrouesnel\/postgres_exporter|kbudde\/rabbitmq-exporter|nginx\/nginx-prometheus-exporter)$/,
    'monitoring',
  ],
  [
    /^(otel\/opentelemetry-collector(-contrib)?|jaegertracing\/.*|openzipkin\/zipkin|victoriametrics\/.*|danielqsj\/kafka-exporter)$/,
    'monitoring',
  ],
  [
    /^(prodrigestivill\/postgres-backup-local|offen\/docker-volume-backup|tiredofit\/db-backup|eeshugerman\/postgres-backup-s3)$/,
    'backup',
  ],
  [/^(schickling\/postgres-backup-s3|itzg\/mc-backup|databack\/mysql-backup|pgbackrest\/.*)$/, 'backup'],
  [
    /^(mysql|mariadb|percona(\/.*)?|bitnami(legacy)?\/(mysql|mariadb|mongodb|kafka|zookeeper|elasticsearch|opensearch|memcached|etcd|cassandra|nats))$/,
    'store',
  ],
  [
    /^(mysql\/mysql-server|mongo|mongodb\/.*|memcached|cassandra|scylladb\/scylla|couchdb|couchbase|neo4j|arangodb|influxdb)$/,
    'store',
  ],
  [
    /^(elasticsearch|elasticsearch\/elasticsearch|kibana\/kibana|logstash\/logstash|opensearchproject\/.*|solr|getmeili\/meilisearch)$/,
    'store',
  ],
  [
    /^(typesense\/typesense|qdrant\/qdrant|semitechnologies\/weaviate|chromadb\/chroma|milvusdb\/milvus|clickhouse(\/.*)?|yandex\/clickhouse-server)$/,
    'store',
  ],
  [
    /^(apache\/kafka|wurstmeister\/.*|confluentinc\/.*|redpandadata\/redpanda|zookeeper|nats|eclipse-mosquitto|emqx(\/.*)?|apachepulsar\/pulsar)$/,
    'store',
  ],
  [
    /^(mssql\/server|mcr\.microsoft\.com\/mssql\/server|cockroachdb\/cockroach|etcd|coreos\/etcd|consul|hashicorp\/(consul|vault)|vault)$/,
    'store',
  ],
  [
    /^(adminer|dpage\/pgadmin4|phpmyadmin(\/phpmyadmin)?|mongo-express|rediscommander\/redis-commander|redis\/redisinsight|sosedoff\/pgweb)$/,
    'tool',
  ],
  [
    /^(mailhog\/mailhog|axllent\/mailpit|maildev\/maildev|portainer\/.*|containrrr\/watchtower|willfarrell\/autoheal|amir20\/dozzle)$/,
    'tool',
  ],
  [
    /^(localstack\/localstack|selenium\/.*|tecnativa\/docker-socket-proxy|dockersamples\/visualizer)$/,
    'tool',
  ],
  [
    /^(edoburu\/pgbouncer|bitnami(legacy)?\/pgbouncer|pgbouncer\/pgbouncer|bitnami(legacy)?\/pgpool)$/,
    'pooler',
  ],
];

/** @returns the repository of an image as people know it, for example `postgres` or `minio/minio`, and its tag */
export function commonName(image: string): { readonly name: string; readonly tag: string } {
  const { repository, reference } = parseImage(image);
  return { name: repository.replace(/^library\//, ''), tag: 'tag' in reference ? reference.tag : '' };
}

/** @returns undefined for an image that is the application's own, or not known */
export function partOf({ image, build }: ComposeService): Part | undefined {
  if (image === undefined || build !== undefined) return undefined;
  const { name } = commonName(image);
  return IMAGES.find(([pattern]) => pattern.test(name))?.[1];
}
