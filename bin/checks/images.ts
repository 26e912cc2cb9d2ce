import type { Platform } from '../../lib/config/platform';
import { oneOf } from '../../lib/config/suggest';
import type { Check } from './check';
import { type Finding, later, ok, todo } from './line';
import { ROLES } from './places';
import { stackExists } from './platform-stacks';
import type { Ports } from './ports';
import { type WantedImage, wantedImages, withReference } from './wanted-images';

/** Are the platform's own images in the repositories of both regions? */
export const images: Check = {
  name: 'images',
  asksAws: true,
  tasks: (platform, ports) =>
    ROLES.flatMap((role) =>
      wantedImages(platform).map((wanted) => ({
        place: platform.regions[role].name,
        run: async () => [await imageThere(platform, platform.regions[role].name, wanted, ports)],
      })),
    ),
};

async function imageThere(
  platform: Platform,
  region: string,
  { image, repository, reference, services }: WantedImage,
  { images: port, stacks }: Ports,
): Promise<Finding> {
  const name = withReference(image, reference);
  const found = await port.find(region, repository, reference);
  if (found === 'image') return ok(`${name} is there for ${oneOf(services, 'and')}.`);
  const home = platform.regions.home.name;
  const isCopied = region !== home;
  const push = pushCommands(platform, { image, repository, reference, services });
  const deployed: string[] = [];
  for (const service of services) {
    if (await stackExists(stacks, platform, region, `Service-${service}`)) deployed.push(service);
  }
  if (deployed.length > 0) {
    return todo(
      `${name} is not in ${repository}; ${oneOf(deployed, 'and')} would refuse to be deployed with it.`,
      push,
    );
  }
  const where =
    found === 'no repository'
      ? `The repository ${repository} comes with the first deployment`
      : `${name} is not in ${repository} yet`;
  const start = `${oneOf(services, 'and')} ${services.length > 1 ? 'start' : 'starts'} at 0 tasks and by itself once ${name} is`;
  return isCopied ? ok(`${where}; ${start} copied from ${home}.`) : later(`${where}; ${start} pushed.`, push);
}

/** What a person types to push an image to home; ECR copies it to the standby. */
function pushCommands(platform: Platform, { image, repository, reference }: WantedImage): string {
  const region = platform.regions.home.name;
  const registry = `${platform.account}.dkr.ecr.${region}.amazonaws.com`;
  // A digest cannot be pushed to by name: any tag will do, the digest of the pushed image is what counts.
  const target = `${registry}/${repository}:${'tag' in reference ? reference.tag : 'pinned'}`;
  return [
    `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${registry}`,
    `docker tag ${withReference(image, reference)} ${target}`,
    `docker push ${target}`,
  ].join('\n');
}
