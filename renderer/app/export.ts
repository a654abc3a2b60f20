import { create } from 'zustand';
import type { WeightsSummary } from '#contract/app/index.ts';
import type { ExportReceipt } from '#contract/schemas.ts';
import { formatDesign } from '#core/project/design-file.ts';
import type { Main } from '../connection/main.ts';
import { dataOf, useData } from '../data/data-store.ts';
import { useDocument } from '../document/store.ts';
import { shownRun, useRun } from '../training/run-store.ts';
import { startDownload } from '../ui/download.ts';
import { attempt } from '../ui/notices.ts';

interface ExportState {
  readonly busy: boolean;
  /** The weights that the design has, while the user is asked whether to export them. */
  readonly question: WeightsSummary | undefined;
  readonly receipt: (ExportReceipt & { readonly downloaded: boolean; readonly name: string }) | undefined;
}

/** What is asked before an export, and what the last one resulted in; shown until it is closed. */
export const useExport = create<ExportState>()(() => ({ busy: false, question: undefined, receipt: undefined }));

/** Why the design cannot be exported now, in a sentence; undefined where it can. */
export function exportObstacle(problems: number, busy: boolean): string | undefined {
  if (problems > 0) return 'Problems stand in the way: see Problems.';
  return busy ? 'It is being exported.' : undefined;
}

/** Whether a design has just the weights that it was trained for: nobody has to be asked then. */
function isAsTrained({ run, layers, changes }: WeightsSummary): boolean {
  return run !== null && changes.length === 0 && layers.every(({ state }) => state === 'trained');
}

/** Exports the design as ONNX; asks first where its weights are not what somebody might think. */
export async function exportOnnx(main: Main): Promise<void> {
  if (useExport.getState().busy) return;
  useExport.setState({ busy: true });
  const design = formatDesign(useDocument.getState().design);
  const shown = shownRun(useRun.getState());
  const weights = await attempt(() =>
    // The run that is shown, unless it has none: then the latest of the design that has some.
    main.call('models.weights', { design, ...(shown?.hasWeights && { run: shown.id }) }),
  );
  useExport.setState({ busy: false });
  if (weights === undefined) return;
  if (isAsTrained(weights)) await writeOnnx(main, weights);
  else useExport.setState({ question: weights });
}

/** Writes the design with these weights, has the file run, and hands it to the user. */
export async function writeOnnx(main: Main, { run }: Pick<WeightsSummary, 'run'>): Promise<void> {
  useExport.setState({ busy: true, question: undefined });
  const { design } = useDocument.getState();
  const { fault } = useData.getState();
  const result = await attempt(() =>
    main.call('models.export', { design: formatDesign(design), run, ...(fault === '' && { data: dataOf(design) }) }),
  );
  useExport.setState({ busy: false });
  if (result === undefined || result === null) return;
  const { receipt, download } = result;
  if (download !== null) startDownload(`./${download}`);
  const name = decodeURIComponent((download ?? receipt.path).split(/[/\\]/).at(-1) ?? '');
  useExport.setState({ receipt: { ...receipt, downloaded: download !== null, name } });
}
