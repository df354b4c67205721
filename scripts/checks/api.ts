/**
 * The API report of each entry, in api/: the report shows every change of the public API. A type that another entry
 * exports is in the report of that entry, and is imported here.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdirSync } from 'node:fs';
import { entries } from '../entries.mjs';
import { stageDeclarations } from './declarations.js';
import { difference } from './difference.js';
import { cache, CheckFailed, root } from './tool.js';

const silent = { default: { logLevel: ExtractorLogLevel.None } };

const report = (name: string, types: string, update: boolean): boolean => {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: types,
      compiler: { tsconfigFilePath: `${root}tsconfig.json` },
      apiReport: {
        enabled: true,
        reportFolder: `${root}api/`,
        reportTempFolder: `${cache}api/`,
        reportFileName: `${name}.api.md`,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: `${root}package.json`,
  });
  return Extractor.invoke(config, {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      message.handled = true;
    },
  }).apiReportChanged;
};

/** The report of an entry. An entry below another one has its own file beside it. */
const fileOf = (name: string): string => name.replaceAll('/', '-');

/** Compares the reports with the code, or writes them. */
export const api = async (update: boolean): Promise<string> => {
  mkdirSync(`${root}api`, { recursive: true });
  const staged = stageDeclarations();
  const changed = entries
    .filter(({ name, types }) => report(fileOf(name), staged(types), update))
    .map(({ name }) => name);
  if (changed.length === 0 || update)
    return changed.length === 0 ? `${String(entries.length)} reports unchanged` : `updated: ${changed.join(', ')}`;
  const diffs = await Promise.all(
    changed.map((name) => difference(`${root}api/${fileOf(name)}.api.md`, `${cache}api/${fileOf(name)}.api.md`)),
  );
  throw new CheckFailed(
    `${diffs.join('\n')}\nThe public API isn't what api/ says. Where the change is meant: npm run api, and a line in CHANGELOG.md.`,
  );
};
