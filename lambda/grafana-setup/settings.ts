import { BadProperties, type RawProperties } from '../runtime/custom-resource';
import { text, texts } from '../runtime/properties';

export interface Source {
  readonly role: string;
  readonly region: string;
}

/** What a workspace shall show, as the function works with it. */
export interface Settings {
  readonly workspaceId: string;
  readonly endpoint: string;
  readonly folder: { readonly uid: string; readonly title: string };
  readonly file: { readonly bucket: string; readonly key: string };
  readonly sources: readonly Source[];
  readonly addressParameter: string;
  readonly appliedParameter: string;
  readonly revision: string;
}

/** @throws {BadProperties} */
export const parseSettings = (properties: RawProperties): Settings => ({
  workspaceId: text(properties, 'WorkspaceId'),
  endpoint: text(properties, 'Endpoint'),
  folder: { uid: text(properties, 'FolderUid'), title: text(properties, 'FolderTitle') },
  file: { bucket: text(properties, 'Bucket'), key: text(properties, 'Key') },
  sources: texts(properties, 'Sources').map(source),
  addressParameter: text(properties, 'AddressParameter'),
  appliedParameter: text(properties, 'AppliedParameter'),
  revision: text(properties, 'Revision'),
});

function source(value: string): Source {
  const [, role, region] = /^([a-z]+)=([a-z0-9-]+)$/.exec(value) ?? [];
  if (role === undefined || region === undefined) {
    throw new BadProperties('Sources', 'a list of <role>=<region>', value);
  }
  return { role, region };
}
