import { isWithin, type Path, type Problem } from '../problem';
import type { PlatformDocument } from '../schema/platform';
import { valueAt } from '../schema-walk';
import * as alerts from './alerts';
import * as backup from './backup';
import * as database from './database';
import * as edge from './edge';
import * as leadership from './leadership';
import * as objectives from './objectives';
import * as probes from './probes';
import * as queues from './queues';
import * as regions from './regions';
import * as routes from './routes';
import type { Finding, Rule, RuleContext } from './rule';
import * as runs from './runs';
import * as scaling from './scaling';
import * as secrets from './secrets';
import * as services from './services';
import * as storage from './storage';
import * as variables from './variables';

/** Every rule between fields of a platform file. */
export const RULES: readonly Rule[] = [
  regions.knownRegions,
  regions.distinctRegions,
  regions.zonesOfTheirRegion,
  regions.addressBlocks,
  regions.separateBlocks,
  regions.domainInItsZone,
  leadership.tableRegions,
  leadership.fencingMargin,
  leadership.leaseOutlivesAPoll,
  leadership.reachableObjectives,
  services.atLeastOneService,
  services.replicaOrder,
  services.imageCanBePulled,
  services.onlyWithRoutes,
  services.commandsNeedAWritableRoot,
  services.pairsFit,
  routes.routesHaveAPort,
  routes.routesHaveHealth,
  routes.valuesOfARule,
  routes.hostsBelowTheDomain,
  routes.noRouteTwice,
  routes.noPriorityTwice,
  routes.everyRouteIsReached,
  probes.probesHaveAPort,
  probes.timeoutBelowInterval,
  probes.deepHealthIsAnotherPath,
  queues.serviceQueuesExist,
  queues.queueNamesFit,
  queues.queueLoginsAreFree,
  runs.restsInTheStandby,
  runs.workersRunWithTheLead,
  scaling.scalingHasAMetric,
  scaling.requestsNeedRoutes,
  scaling.backlogNeedsAQueue,
  scaling.roomToScale,
  secrets.serviceSecretsExist,
  secrets.secretNamesAreFree,
  secrets.secretNamesAreFound,
  secrets.onlyGeneratedOnesRotate,
  secrets.otherSecretsExist,
  variables.variablesAreNotReserved,
  variables.variablesAreSetOnce,
  variables.filesHaveServices,
  variables.filesHaveTheirOwnPath,
  variables.filesHaveAFolderOfTheirOwn,
  database.classOrSize,
  database.instanceFitsRds,
  database.storageCanGrow,
  database.parametersAreFree,
  database.extensionsExist,
  database.databaseNameIsFree,
  database.externalPortIsItsOwn,
  database.idleWithinOpen,
  database.poolsFit,
  storage.bucketNamesAreFree,
  storage.serviceBucketsExist,
  storage.sharedFilesHaveAPlace,
  storage.moveBeforeTheEnd,
  storage.tagsAreLegal,
  backup.schedulesCoverSomething,
  backup.schedulesDoNotCollide,
  backup.onlyWithAManagedDatabase,
  backup.keptPastTheLock,
  backup.checksOnlyRead,
  backup.checksFit,
  edge.credentialsNeedAnOrigin,
  edge.countedGroupsAreUsed,
  edge.limitedPathsAreBeginnings,
  edge.cdnHasANameOfItsOwn,
  edge.headersOfTheCdnAreFree,
  edge.cdnReachesTheListener,
  edge.listenersHaveTheirOwnPorts,
  edge.testAddressesAreBlocks,
  objectives.objectivesAreOfParts,
  alerts.defaultReceiver,
  alerts.receiversExist,
  alerts.receiversReachSomebody,
  alerts.receiverNamesAreFree,
  alerts.thresholdsAreOfTheCatalogue,
];

/**
 * What a document does against the rules between its fields.
 * @param data the file as written, which says what is declared
 * @param damaged places with an error of their own: nothing is concluded from them
 */
export function checkRules(
  document: PlatformDocument,
  data: unknown,
  damaged: readonly Path[],
): readonly Problem[] {
  const context: RuleContext = {
    document,
    declared: (path) => {
      const value = valueAt(data, path);
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
    },
    written: (...paths) =>
      paths.find((path) => valueAt(data, path) !== undefined) ?? paths[paths.length - 1] ?? paths[0],
  };
  const touched = ({ path, because = [] }: Finding): boolean =>
    damaged.some(
      (place) =>
        isWithin(path, place) || because.some((other) => isWithin(other, place) || isWithin(place, other)),
    );
  return RULES.flatMap((rule) => [...rule(context)]).filter((finding) => !touched(finding));
}
