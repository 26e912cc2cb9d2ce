import type { ComposeService } from '../project';
import type { Routes } from './routes';
import { type Scene, servicesOf } from './scene';

/** Commands of the services that only migrate, by the name of the application service that gets them. */
export function migrationsOf(scene: Scene, routes: Routes): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const migration of servicesOf(scene, 'migration')) {
    const words = [...(migration.entrypoint ?? []), ...(migration.command ?? [])];
    const target = targetOf(scene, migration, routes);
    const { report } = scene;
    if (target === undefined || words.length === 0) {
      report.lost(
        migration.path,
        `the migration ${migration.name}`,
        words.length === 0
          ? 'it has no command; a migration is a command of the image of a service.'
          : 'no service has its image; a migration is a command of the image of a service.',
        'Put the tool into the image of the service that owns the tables, and write its command into migration.',
      );
    } else if (found.has(target.name)) {
      report.lost(
        migration.path,
        `the migration ${migration.name}`,
        `${target.name} has one already.`,
        'Run both by one command.',
      );
    } else {
      found.set(target.name, words);
      report.changed(
        migration.path,
        `it becomes the migration of ${scene.names.get(target.name) ?? target.name}`,
        'it runs once, on the writer, before new tasks take traffic.',
      );
    }
  }
  return found;
}

/** The service with the same image: one that waits for the migration, one with clients, else the first. */
function targetOf(scene: Scene, migration: ComposeService, routes: Routes): ComposeService | undefined {
  const same = servicesOf(scene, 'application').filter(({ build, image }) =>
    migration.build && build
      ? build.key === migration.build.key
      : image !== undefined && image === migration.image,
  );
  return (
    same.find(({ name, dependsOn }) => dependsOn.has(migration.name) && routes.of(name).length > 0) ??
    same.find(({ dependsOn }) => dependsOn.has(migration.name)) ??
    same.find(({ name }) => routes.of(name).length > 0) ??
    same[0]
  );
}
