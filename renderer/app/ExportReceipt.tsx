import { CircleCheck } from 'lucide-react';
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
  const { name, path, downloaded, bytes, weights, steps, maxDifference, pictures } = receipt;
  return (
    <Modal title={`Exported ${name}`} onClose={close}>
      <p className={styles.verdict} data-fine={maxDifference <= EXPECTED || undefined}>
        <CircleCheck size={16} aria-hidden="true" />
        ONNX Runtime loads the file. Largest difference from the app’s own output: {maxDifference.toExponential(1)} over{' '}
        {pictures} pictures.
      </p>
      <dl className={styles.list}>
        <dt>Weights</dt>
        <dd>{weights === 'trained' ? `trained, ${formatWhole(steps)} steps` : 'first weights, not trained yet'}</dd>
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
