import type { LeadershipRecord } from '../../lambda/leader/record';
import { leading, type Situation } from './situation';

/**
 * Why a planned move would leave shared files behind. The record says that the other side is fit for the database; the files
 * come there on their own, hours later the first time, and what is written before goes with no switchover.
 * @returns undefined if every service that shares files has a copy in the other region, or none shares any
 */
export function filesObstacle(situation: Situation, record: LeadershipRecord): string | undefined {
  const holder = leading(situation, record)?.holder;
  const files = holder?.files;
  if (!holder || !files) return undefined;
  if (!files.known)
    return `Whether the shared files were copied cannot be seen: ${files.sentence} Once it can be, say the same again.`;
  const sharing = situation.platform.services.filter(({ sharedFiles }) => sharedFiles);
  const problems = sharing.flatMap(({ name }) => {
    const look = files.value.find(({ service }) => service === name);
    if (!look)
      return [`Nobody has looked after the shared files of ${name} in ${holder.region} for ten minutes.`];
    return look.uncopied || look.readOnly
      ? [`The shared files of ${name} are not copied whole: ${look.sentence}`]
      : [];
  });
  if (problems.length === 0) return undefined;
  return `${problems.join(' ')} A switchover would leave behind what is missing in the copy; wait for it: npx holdfast status`;
}
