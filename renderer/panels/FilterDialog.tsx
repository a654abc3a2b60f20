import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { FilterBank } from '#contract/schemas.ts';
import { useMain } from '../connection/context.ts';
import { useRun } from '../training/run-store.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Modal } from '../ui/Modal.tsx';
import { attempt } from '../ui/notices.ts';
import { Picture } from './Picture.tsx';
import styles from './Pictures.module.css';
import { filterImage } from './pixels.ts';

/** Channels shown at once; beyond that a picture would be smaller than its pixels. */
const MOST_CHANNELS = 256;
/** Weights are written as numbers up to this many. */
const MOST_NUMBERS = 121;

interface Props {
  readonly layer: string;
  readonly filter: number;
  readonly onClose: () => void;
}

/** One filter, large: all its channels and, for small ones, its numbers. Arrow keys step through the filters. */
export function FilterDialog({ layer, filter: first, onClose }: Props) {
  const main = useMain();
  const run = useRun((state) => state.shown);
  const step = useRun((state) => state.filters?.step);
  const [filter, setFilter] = useState(first);
  const [bank, setBank] = useState<FilterBank>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every new step the filters are read again
  useEffect(() => {
    if (run === undefined) return;
    let wanted = true;
    void attempt(() => main.call('runs.filters', { run, layer })).then((found) => {
      if (wanted && found !== undefined) setBank(found);
    });
    return () => {
      wanted = false;
    };
  }, [main, run, layer, step]);
  const count = bank?.filters ?? 1;
  const move = (by: number) => setFilter((at) => (at + by + count) % count);
  return (
    <Modal
      title={`${bank?.name ?? layer}, filter ${filter + 1} of ${count}`}
      onClose={onClose}
      onKeyDown={({ key }) => {
        if (key === 'ArrowRight') move(1);
        if (key === 'ArrowLeft') move(-1);
      }}
      buttons={
        <>
          <IconButton label="Previous filter" icon={ChevronLeft} onClick={() => move(-1)} />
          <IconButton label="Next filter" icon={ChevronRight} onClick={() => move(1)} />
        </>
      }
    >
      {bank !== undefined && <Enlarged bank={bank} filter={filter} />}
    </Modal>
  );
}

function Enlarged({ bank, filter }: { readonly bank: FilterBank; readonly filter: number }) {
  const [, channels, height, width] = bank.dims;
  const each = channels * height * width;
  const values = bank.values.subarray(filter * each, (filter + 1) * each);
  const shown = Math.min(channels, MOST_CHANNELS);
  const images = useMemo(
    () => Array.from({ length: shown }, (_, channel) => filterImage(values, [channel], height, width)),
    [values, shown, height, width],
  );
  const size = channels === 1 ? 280 : channels <= 8 ? 150 : 64;
  return (
    <>
      <div className={styles.enlarged}>
        {channels === 3 && (
          <figure>
            <Picture
              name="all channels as a colour"
              image={filterImage(values, [0, 1, 2], height, width)}
              size={size}
            />
            <figcaption>colour</figcaption>
          </figure>
        )}
        {images.map((image, channel) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its number
          <figure key={channel}>
            <Picture name={`channel ${channel + 1}`} image={image} size={size} />
            <figcaption>{channels === 1 ? '' : `channel ${channel + 1}`}</figcaption>
          </figure>
        ))}
      </div>
      {shown < channels && (
        <p className={styles.note}>
          The first {shown} of {channels} channels.
        </p>
      )}
      {height * width * channels <= MOST_NUMBERS && (
        <table className={styles.weights}>
          <tbody>
            {Array.from({ length: height * channels }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its number
              <tr key={row}>
                {Array.from(values.subarray(row * width, (row + 1) * width), (value, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its number
                  <td key={column}>{value.toFixed(3)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
