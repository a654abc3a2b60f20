import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { DEFAULT_DIAGRAM } from '#core/diagram/options.ts';
import { offeredFixes } from '#core/network/offered-fixes.ts';
import { propagate } from '#core/network/propagate.ts';
import type { Design } from '#core/project/design.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { diffDesigns, isSame } from '#core/project/diff.ts';
import type { Random } from '#core/random.ts';
import { blankDesign, findTemplate } from '#core/templates/index.ts';
import { DEFAULT_PATTERN, patternDesign } from '#core/templates/pattern.ts';
import { trainingProblems } from '#core/training/checks/index.ts';
import { withPositions } from '#renderer/canvas/layout.ts';
import { copySelection, pasteText } from '#renderer/document/clipboard.ts';
import { draftFrom } from '#renderer/document/drafts.ts';
import { select, showDesign, useDocument } from '#renderer/document/store.ts';
import { formatDate } from '#renderer/ui/date.ts';
import { mutateJson, mutateValue, pick } from '../mutate.ts';
import { need, type Reader } from './define.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'designs', 'version-1.convcanvas');

const DATA = {
  name: 'Digits',
  shape: [1, 28, 28],
  classNames: Array.from({ length: 10 }, (_, i) => String(i)),
  trainCount: 100,
  classCounts: Array.from({ length: 10 }, () => 10),
} as const;

const template = (id: string) => findTemplate(id)?.create() ?? blankDesign();

/** Small designs with all that a file may hold: blocks, notes, a data set, places, branches. */
function validDesigns(): readonly string[] {
  const note = { id: 'note1', text: 'Two lines\nof a note', position: [10, 20] } as const;
  const { network, ...lenet } = template('lenet5');
  const full = {
    ...lenet,
    id: '3f2c7e0a-5d5e-4f0c-9d6b-0a6a4a0f7a11',
    data: { id: 'digits', name: 'Digits', size: { height: 28, width: 28 } },
    network: { ...withPositions(network), notes: new Map([[note.id, note]]) },
    classLabels: ['zero', 'one'],
  };
  return [full, template('resnet20'), patternDesign(DEFAULT_PATTERN), blankDesign()].map(formatDesign);
}

/** What is done with a design that was opened: shapes, problems, fixes, canvas, figure, comparison, saving. */
function use(design: Design, random: Random, before: Design): void {
  const { name, network, training } = design;
  const report = propagate(network);
  trainingProblems(design, report, DATA);
  trainingProblems(design, report);
  for (const problem of report.problems.slice(0, 3)) offeredFixes(network, report, problem);
  const text = formatDesign(design);
  const again = parseDesign(text);
  need(formatDesign(again) === text, 'it is another design after it was saved');
  need(isSame(diffDesigns(again, again)), 'it differs from itself');
  need(Object.keys(training).length > 0, 'it has no training settings');
  if (random.uniform() < 0.2) {
    diffDesigns(before, design);
    drawDiagram(name, network, report, DEFAULT_DIAGRAM);
    const placed = withPositions(network);
    need(
      [...placed.layers.values()].every(({ position }) => position?.every(Number.isFinite)),
      'a layer has no place on the canvas',
    );
  }
}

function reader(name: string, share: number, valid: () => readonly string[]): Reader {
  return {
    name,
    share,
    open: () => {
      const texts = valid();
      const before = parseDesign(texts[0] as string);
      return (random) => {
        const design = parseDesign(mutateJson(random, pick(random, texts), texts));
        use(design, random, before);
        return true;
      };
    },
  };
}

const clipboard: Reader = {
  name: 'text that is pasted onto the canvas',
  share: 8000,
  open: () => {
    const texts = validDesigns();
    showDesign(template('lenet5'));
    select([...useDocument.getState().design.network.layers.keys()].slice(1, 5));
    const copied = copySelection() as string;
    return (random) => {
      showDesign(template('lenet5'));
      if (!pasteText(mutateJson(random, random.uniform() < 0.7 ? copied : pick(random, texts), texts))) return false;
      const { design } = useDocument.getState();
      const written = formatDesign(design);
      need(formatDesign(parseDesign(written)) === written, 'the design with it cannot be opened again');
      return true;
    };
  },
};

const drafts: Reader = {
  name: 'designs that the browser kept',
  share: 14_000,
  open: () => {
    const text = validDesigns()[0] as string;
    const draft = { design: '3f2c7e0a-5d5e-4f0c-9d6b-0a6a4a0f7a11', name: 'x', text, file: 'f', at: 1.7e12 };
    return (random) => {
      const read = draftFrom(mutateValue(random, draft));
      if (read === undefined) return false;
      formatDate(read.at);
      need(typeof read.name === 'string' && typeof read.design === 'string', 'its name cannot be shown');
      parseDesign(read.text);
      return true;
    };
  },
};

export const designReaders: readonly Reader[] = [
  reader('design files', 32_000, validDesigns),
  reader('design files of version 1', 7000, () => [readFileSync(FIXTURE, 'utf8')]),
  clipboard,
  drafts,
];
