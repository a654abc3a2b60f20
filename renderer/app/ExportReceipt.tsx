import { Dialog } from '@base-ui/react/dialog';
import { CircleCheck, X } from 'lucide-react';
import { formatBytes, formatWhole } from '#core/format.ts';
import styles from '../ui/Dialog.module.css';
import { IconButton } from '../ui/IconButton.tsx';
import receiptStyles from './ExportReceipt.module.css';
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
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup}>
          <div className={styles.head}>
            <Dialog.Title>Exported {name}</Dialog.Title>
            <IconButton label="Close" icon={X} onClick={close} />
          </div>
          <p className={receiptStyles.verdict} data-fine={maxDifference <= EXPECTED || undefined}>
            <CircleCheck size={16} aria-hidden="true" />
            ONNX Runtime loads the file. Largest difference from the app’s own output: {maxDifference.toExponential(1)}{' '}
            over {pictures} pictures.
          </p>
          <dl className={receiptStyles.list}>
            <dt>Weights</dt>
            <dd>{weights === 'trained' ? `trained, ${formatWhole(steps)} steps` : 'first weights, not trained yet'}</dd>
            <dt>Size</dt>
            <dd>{formatBytes(bytes)}</dd>
            <dt>Where</dt>
            <dd>{downloaded ? 'in your browser’s downloads' : path}</dd>
            <dt>Input</dt>
            <dd>raw pixels 0–255, [N, C, H, W]</dd>
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
