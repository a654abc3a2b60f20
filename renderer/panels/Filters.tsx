import { useEffect, useMemo, useState } from 'react';
import type { FilterBank } from '#contract/schemas.ts';
import { formatWhole } from '#core/format.ts';
import { useTraining } from '../training/context.ts';
import { useRun } from '../training/run-store.ts';
import { FilterDialog } from './FilterDialog.tsx';
import { NothingYet } from './NothingYet.tsx';
import { Picture } from './Picture.tsx';
import styles from './Pictures.module.css';
import { filterImage } from './pixels.ts';

/** Every CONV's filters as pictures, growing while the network trains. */
export function Filters() {
  const training = useTraining();
  const filters = useRun((state) => state.filters);
  const [enlarged, setEnlarged] = useState<{ readonly layer: string; readonly filter: number }>();
  useEffect(() => {
    training.watch({ filters: true });
    return () => training.watch({ filters: false });
  }, [training]);

  if (filters === undefined) {
    return (
      <NothingYet
        what="The filters of every CONV"
        more="They change with every step: light is positive, dark is negative."
      />
    );
  }
  if (filters.banks.length === 0) return <p className={styles.hint}>The network that is trained has no CONV.</p>;
  return (
    <div className={styles.scroll}>
      {filters.banks.map((bank) => (
        <Bank key={bank.layer} bank={bank} onEnlarge={(filter) => setEnlarged({ layer: bank.layer, filter })} />
      ))}
      {enlarged !== undefined && (
        <FilterDialog layer={enlarged.layer} filter={enlarged.filter} onClose={() => setEnlarged(undefined)} />
      )}
    </div>
  );
}

/** Channels of a bank that make one picture: all three of a colour filter, the first otherwise. */
function shownChannels(bank: FilterBank): readonly number[] {
  return bank.channels === 3 ? [0, 1, 2] : [0];
}

function Bank({ bank, onEnlarge }: { readonly bank: FilterBank; readonly onEnlarge: (filter: number) => void }) {
  const { name, dims, values, filters, channels } = bank;
  const [shown, kept, height, width] = dims;
  const images = useMemo(() => {
    const each = kept * height * width;
    return Array.from({ length: shown }, (_, filter) =>
      filterImage(values.subarray(filter * each, (filter + 1) * each), shownChannels(bank), height, width),
    );
  }, [bank, values, shown, kept, height, width]);
  const notes = [
    `${formatWhole(filters)} filters of ${width}×${height}×${formatWhole(channels)}`,
    ...(channels > 1 && channels !== 3 ? ['channel 1 of each; click one for all'] : []),
    ...(filters > shown ? [`the first ${shown}`] : []),
  ];
  return (
    <section className={styles.bank}>
      <h3>
        {name} <span>{notes.join(' · ')}</span>
      </h3>
      <div className={styles.grid}>
        {images.map((image, filter) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a filter is its number
            key={filter}
            type="button"
            className={styles.tile}
            title={`${name} filter ${filter + 1}`}
            onClick={() => onEnlarge(filter)}
          >
            <Picture name={`${name} filter ${filter + 1}`} image={image} size={44} />
          </button>
        ))}
      </div>
    </section>
  );
}
