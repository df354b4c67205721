/**
 * Keeps what diagrams draw, for the documentation: where MARBLE_DIAGRAMS names a folder, and only of those that pass.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { recordingOf, type Diagram, type Recording } from './diagram.js';
import { recording, type Drawing } from './recorder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A test that draws several diagrams has them in one. */
const keep = (folder: string, { inputs, outputs }: Diagram): void => {
  const { testPath = '', currentTestName = '' } = expect.getState();
  const file = recordingOf(folder, relative(root, testPath).replaceAll('\\', '/'));
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : {};
  const before = kept[currentTestName] ?? { inputs: [], outputs: [] };
  const diagram: Diagram = { inputs: [...before.inputs, ...inputs], outputs: [...before.outputs, ...outputs] };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify({ ...kept, [currentTestName]: diagram }));
};

/** Runs a diagram. */
export const drawn = <H extends Drawing>(
  run: (draw: (helpers: H) => void) => void,
  diagram: (helpers: H) => void,
  folder = process.env['MARBLE_DIAGRAMS'],
): void => {
  if (folder === undefined) {
    run(diagram);
    return;
  }
  let read = (): Diagram => ({ inputs: [], outputs: [] });
  run((helpers) => {
    const [noting, drawing] = recording(helpers);
    read = drawing;
    diagram(noting);
  });
  // A diagram that differs from what is expected has thrown by now.
  keep(folder, read());
};
