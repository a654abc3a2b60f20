import { create } from 'zustand';
import type { ExportReceipt } from '#contract/schemas.ts';
import { formatDesign } from '#core/project/design-file.ts';
import type { Main } from '../connection/main.ts';
import { useDocument } from '../document/store.ts';
import { useRun } from '../training/run-store.ts';
import { startDownload } from '../ui/download.ts';
import { attempt } from '../ui/notices.ts';

interface ExportState {
  readonly busy: boolean;
  readonly receipt: (ExportReceipt & { readonly downloaded: boolean; readonly name: string }) | undefined;
}

/** What the last export came to; shown until it is closed. */
export const useExport = create<ExportState>()(() => ({ busy: false, receipt: undefined }));

/** Why the design cannot be exported now, in a sentence; undefined where it can. */
export function exportObstacle(problems: number, busy: boolean): string | undefined {
  if (problems > 0) return 'Problems stand in the way: see Problems.';
  return busy ? 'It is being exported.' : undefined;
}

/** Writes the design as ONNX, runs the file, and hands it to the user. */
export async function exportOnnx(main: Main): Promise<void> {
  if (useExport.getState().busy) return;
  useExport.setState({ busy: true });
  const { design } = useDocument.getState();
  const { data, dataFault } = useRun.getState();
  const result = await attempt(() =>
    main.call('model.export', { design: formatDesign(design), ...(dataFault === '' && { data }) }),
  );
  useExport.setState({ busy: false });
  if (result === undefined || result === null) return;
  const { receipt, download } = result;
  if (download !== null) startDownload(`./${download}`);
  const name = decodeURIComponent((download ?? receipt.path).split(/[/\\]/).at(-1) ?? '');
  useExport.setState({ receipt: { ...receipt, downloaded: download !== null, name } });
}
