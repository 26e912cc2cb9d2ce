import type { Path } from '../../config/problem';
import { folderOf, isWithinFolder, mayBeMounted } from '../../config/rules/variables';
import type { PlatformInput } from '../../config/schema/platform';
import type { ComposeService, Mount } from '../project';
import { Names, slugOf } from './names';
import type { Scene } from './scene';

type FilesInput = NonNullable<PlatformInput['files']>;

const ABSOLUTE = /^\/[\w\-./]+$/;
/** Volumes whose contents are made anew: built assets, caches, what a process needs while it runs. */
const MADE_ANEW =
  /static|assets|public|node_modules|cache|tmp|temp|venv|bundle|gems|dist|build|logs?$|sock|run$|cert|letsencrypt/i;
/** Mounts of the machine that mean nothing on Fargate. */
const OF_MACHINE =
  /^\/(etc\/(localtime|timezone|hosts|resolv\.conf|passwd|group)|var\/run|run|proc|sys|dev)(\/|$)/;

/** Where a file comes to that cannot be where Compose has it. */
const FILES_FOLDER = '/etc/config';

/** Gathers the configuration files of a platform while its services are read. */
export class Mounts {
  readonly #files = new Map<string, { description: string; services: string[]; path: string }>();
  readonly #names = new Names(40, 'file');

  constructor(private readonly scene: Scene) {}

  /**
   * Looks at what is mounted into a service.
   * @param name of the service in the platform
   * @returns the folder that is kept, if there is one
   */
  of(service: ComposeService, name: string): { readonly path: string } | undefined {
    const at = [...service.path, 'volumes'];
    const kept: string[] = [];
    for (const mount of service.mounts) {
      if (mount.type === 'tmpfs') continue;
      if (mount.type === 'bind' || mount.type === 'npipe') this.#bind(service, name, mount);
      else if (MADE_ANEW.test(`${mount.source ?? ''} ${mount.target}`))
        this.scene.report.lost(
          at,
          `the volume at ${mount.target}`,
          'by its name its contents are made anew, so nothing is kept.',
          'Let the image hold them, or use a bucket.',
        );
      else kept.push(mount.target);
    }
    for (const { source, target } of service.configs) {
      const from = this.scene.project.configs.get(source)?.file;
      this.#file(name, source, from, target ?? `/${source}`, [...service.path, 'configs']);
    }
    return this.#kept(at, kept);
  }

  /** For the platform file. */
  get input(): FilesInput {
    return Object.fromEntries(this.#files);
  }

  #kept(at: Path, targets: readonly string[]): { path: string } | undefined {
    const path = targets.find((target) => ABSOLUTE.test(target));
    for (const target of targets) {
      if (target === path)
        this.scene.report.changed(
          at,
          `the volume at ${target} becomes a shared folder`,
          'a task has no disk of its own that outlives it; all tasks of the service share it.',
          'Files that many write belong into a bucket.',
        );
      else
        this.scene.report.lost(
          at,
          `the volume at ${target}`,
          'a service has one shared folder.',
          'Put both below one folder, or use a bucket.',
        );
    }
    return path === undefined ? undefined : { path };
  }

  #bind(service: ComposeService, name: string, { source = '', target }: Mount): void {
    const at = [...service.path, 'volumes'];
    const { report, read } = this.scene;
    if (/\.sock$/.test(source) || OF_MACHINE.test(source)) {
      report.lost(
        at,
        `the mount of ${source}`,
        'a task sees nothing of the machine that it runs on.',
        'Leave it out; tasks run in UTC, TZ says otherwise.',
      );
    } else if (read(source) !== undefined || /[^/]\.[A-Za-z]\w{0,9}$/.test(source)) {
      this.#file(name, source, source, target, at);
    } else {
      report.lost(
        at,
        `the folder ${source} at ${target}`,
        'a task sees no folder of the machine that deploys it.',
        'Put what it holds into the image, a bucket or files.',
      );
    }
  }

  #file(service: string, text: string, from: string | undefined, asked: string, at: Path): void {
    if (!ABSOLUTE.test(asked)) {
      this.scene.report.lost(
        at,
        `the file at ${asked}`,
        'its path has signs that a platform file does not take.',
        'Mount it elsewhere.',
      );
      return;
    }
    if (this.#filesOf(service).includes(asked)) return;
    const path = this.#placeOf(service, asked);
    if (path !== asked)
      this.scene.report.changed(
        at,
        `the file at ${asked} comes to ${path}`,
        'a folder with files is mounted over that of the image, which would hide what else is in it.',
        'Let the application read it there.',
      );
    const description = `Contents of ${from ?? `the config ${text}`}`.replace(/\s+/g, ' ').slice(0, 400);
    const known = [...this.#files.values()].find(
      (file) => file.path === path && file.description === description,
    );
    if (known) known.services.push(service);
    else {
      const base =
        (from ?? text)
          .split('/')
          .at(-1)
          ?.replace(/\.[^.]*$/, '') ?? '';
      const name = this.#names.give(slugOf(base, 40, slugOf(text, 40, 'file')));
      this.#files.set(name, { description, services: [service], path });
      this.scene.report.toDo(
        at,
        `the file ${name}`,
        `${from ?? text} is mounted at ${path}; contents do not come into the file.`,
        'Set it after the first deployment: docs/guides/migrating.md.',
      );
    }
  }

  #filesOf(service: string): string[] {
    return [...this.#files.values()]
      .filter(({ services }) => services.includes(service))
      .map(({ path }) => path);
  }

  /** Where Compose has it, or in a folder for such files where that would hide something. */
  #placeOf(service: string, asked: string): string {
    const others = this.#filesOf(service);
    const folder = folderOf(asked);
    const isInTheWay = others
      .map(folderOf)
      .some((one) => one !== folder && (isWithinFolder(one, folder) || isWithinFolder(folder, one)));
    if (mayBeMounted(asked) && !isInTheWay) return asked;
    const plain = `${FILES_FOLDER}/${asked.split('/').at(-1)}`;
    return mayBeMounted(plain) && !others.includes(plain)
      ? plain
      : `${FILES_FOLDER}/${slugOf(asked, 60, 'file')}-${others.length}`;
  }
}
