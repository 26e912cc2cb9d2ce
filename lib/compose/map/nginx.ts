import type { ComposeService } from '../project';
import type { Wish } from './routes';
import { hostsOf, type Scene, servicesOf } from './scene';
import { prefixPatterns } from './traefik';

/** A location of an Nginx that passes requests on to a service. */
export interface Location {
  readonly wish: Wish;
  readonly port: number | undefined;
}

/** What the configuration of Nginx, as far as it can be read, passes on to which service. */
export function nginxLocations(scene: Scene): Location[] {
  return servicesOf(scene, 'balancer').flatMap((balancer) =>
    configurationsOf(scene, balancer).flatMap((text) => locationsOf(scene, balancer, text)),
  );
}

/** Files that are mounted or handed over below /etc/nginx. */
function configurationsOf({ project, read }: Scene, { mounts, configs }: ComposeService): string[] {
  const isOfNginx = (target: string | undefined) => /^\/etc\/nginx\//.test(target ?? '');
  const files = [
    ...mounts.filter(({ target }) => isOfNginx(target)).map(({ source }) => source),
    ...configs
      .filter(({ target }) => isOfNginx(target))
      .map(({ source }) => project.configs.get(source)?.file),
  ];
  return files.flatMap((file) => (file === undefined ? [] : (read(file) ?? [])));
}

function locationsOf(scene: Scene, balancer: ComposeService, configuration: string): Location[] {
  const text = configuration.replace(/#.*$/gm, '');
  const hosts = hostsOf(scene.project);
  const upstreams = new Map(
    [...text.matchAll(/upstream\s+([\w.-]+)\s*\{[^}]*?server\s+([\w.-]+(?::\d+)?)/g)].map(
      ([, name = '', server = '']) => [name, server],
    ),
  );
  const found = text.matchAll(/location\s+(?:(=|\^~|~\*?)\s+)?(\S+)\s*\{([^{}]*)/g);
  return [...found].flatMap(([, modifier, pattern = '', body = '']) => {
    const target = /proxy_pass\s+https?:\/\/([\w.-]+)(?::(\d+))?/.exec(body);
    const path = [...balancer.path, 'volumes'];
    if (!target) {
      if (/\b(root|alias|try_files)\b/.test(body))
        scene.report.lost(
          path,
          `the location ${pattern} of ${balancer.name}`,
          'it serves files itself, which the balancer does not.',
          'Put the files into an image of a service, or into a bucket.',
        );
      return [];
    }
    const [server = '', port] = (upstreams.get(target[1] ?? '') ?? `${target[1]}:${target[2] ?? ''}`).split(
      ':',
    );
    const service = hosts.get(server.toLowerCase());
    if (service === undefined) return [];
    if (modifier?.startsWith('~')) {
      scene.report.lost(
        path,
        `the location ${pattern} of ${balancer.name}`,
        'a balancer knows no regular expressions.',
        'Write its paths under routes.',
      );
      return [];
    }
    const paths = modifier === '=' ? [pattern] : prefixPatterns(pattern);
    return [{ wish: { service, path, host: undefined, paths }, port: Number(port) || undefined }];
  });
}
