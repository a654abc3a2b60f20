import { Shuffle } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import type { TrainingSettings } from '#core/training/settings.ts';
import { useMain } from '../connection/context.ts';
import { useData } from '../data/data-store.ts';
import { Picture } from '../panels/Picture.tsx';
import { sampleImage } from '../panels/pixels.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Training.module.css';

/** Pictures that are shown, how many versions of each, and their size on screen. */
const PICTURES = 5;
const VERSIONS = 3;
const SIZE = 48;

interface Row {
  readonly name: string;
  readonly images: readonly ImageData[];
}

/** The first training pictures as they are, and as a run with these settings would see them in three epochs. */
export function AugmentationPreview({ settings }: { readonly settings: TrainingSettings }) {
  const main = useMain();
  const data = useData((state) => state.reference);
  const info = useData((state) => state.info);
  const [begin, setBegin] = useState(0);
  const [rows, setRows] = useState<readonly Row[]>([]);
  // While somebody types, the last settings that were drawn will do.
  const wanted = useDeferredValue(settings);
  useEffect(() => {
    if (info === undefined) return;
    let current = true;
    const rowOf = async (name: string, epoch: number | undefined): Promise<Row> => {
      const augment = epoch === undefined ? {} : { augment: { settings: wanted, epoch } };
      const found = await main.call('data.samples', { data, begin, count: PICTURES, ...augment });
      const [channels, height, width] = found.shape;
      const each = channels * height * width;
      const images = found.labels.map((_, i) =>
        sampleImage(found.pixels.subarray(i * each, (i + 1) * each), channels, height, width),
      );
      return { name, images };
    };
    const epochs = Array.from({ length: VERSIONS }, (_, i) => rowOf(`Epoch ${i + 1}`, i + 1));
    Promise.all([rowOf('As it is', undefined), ...epochs]).then(
      (found) => {
        if (current) setRows(found);
      },
      () => undefined, // the data chooser says what is wrong with the data
    );
    return () => {
      current = false;
    };
  }, [main, data, info, wanted, begin]);
  if (info === undefined || rows.length === 0) return null;
  const { begin: first, end } = info.train;
  const next = begin + 2 * PICTURES > end ? first : begin + PICTURES;
  return (
    <figure className={styles.augmentation} aria-label="Augmented pictures">
      {rows.map(({ name, images }) => (
        <div key={name}>
          <span className={styles.version}>{name}</span>
          {images.map((image, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a picture is
            <Picture key={i} name={`${name}, picture ${begin + i + 1}`} image={image} size={SIZE} />
          ))}
        </div>
      ))}
      <Button icon={Shuffle} onClick={() => setBegin(next)}>
        Other pictures
      </Button>
    </figure>
  );
}
