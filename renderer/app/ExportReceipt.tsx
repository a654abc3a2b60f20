import { CircleCheck } from 'lucide-react';
import type { ExportReceipt as Receipt } from '#contract/schemas.ts';
import { formatBytes, formatWhole } from '#core/format.ts';
import { Modal } from '../ui/Modal.tsx';
import styles from './ExportReceipt.module.css';
import { useExport } from './export.ts';

/** Rounding in float32 explains differences up to here. */
const EXPECTED = 1e-4;

/** What was exported, and how far the file's output is from the app's own. */
export function ExportReceipt() {
  const receipt = useExport((state) => state.receipt);
  const close = () => useExport.setState({ receipt: undefined });
  if (receipt === undefined) return null;
  const { name, path, downloaded, bytes, maxDifference, images } = receipt;
  return (
    <Modal title={`Exported ${name}`} onClose={close}>
      <p className={styles.verdict} data-fine={maxDifference <= EXPECTED || undefined}>
        <CircleCheck size={16} aria-hidden="true" />
        ONNX Runtime loads the file. Largest difference from the app’s own output: {maxDifference.toExponential(1)} over{' '}
        {images} images.
      </p>
      <dl className={styles.list}>
        <dt>Weights</dt>
        <dd>{weightsText(receipt)}</dd>
        <dt>Size</dt>
        <dd>{formatBytes(bytes)}</dd>
        <dt>Where</dt>
        <dd>{downloaded ? 'in your browser’s downloads' : path}</dd>
        <dt>Input</dt>
        <dd>raw pixels 0–255, [N, C, H, W]</dd>
      </dl>
    </Modal>
  );
}

/** "trained, 1,250 steps", or which layers are not. */
function weightsText({ weights, steps, initialLayers }: Receipt): string {
  switch (weights) {
    case 'trained':
      return `trained, ${formatWhole(steps)} steps`;
    case 'partly':
      return `trained, ${formatWhole(steps)} steps; but first weights, not trained, in ${initialLayers.join(', ')}`;
    case 'initial':
      return 'first weights, not trained';
    default:
      return weights satisfies never;
  }
}
