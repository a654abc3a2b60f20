import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { ActivationMaps, ActivationVolume } from '#contract/schemas.ts';
import { formatPercent, formatWhole } from '#core/format.ts';
import { useTraining } from '../training/context.ts';
import { useRun } from '../training/run-store.ts';
import { useSamples, useShownData } from '../training/shown-data.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { attempt } from '../ui/notices.ts';
import { NothingYet } from './NothingYet.tsx';
import { Picture } from './Picture.tsx';
import styles from './Pictures.module.css';
import { greyImage, sampleImage } from './pixels.ts';

/** Held-back pictures offered at once. */
const PAGE = 12;

/** What every layer makes of one held-back picture. */
export function Activations() {
  const training = useTraining();
  const maps = useRun((state) => state.activations);
  const [sample, setSample] = useState(0);
  useEffect(() => {
    training.watch({ activations: sample });
    return () => training.watch({ activations: null });
  }, [training, sample]);
  return (
    <div className={styles.activations}>
      <Samples chosen={sample} onChoose={setSample} />
      {maps === undefined ? (
        <NothingYet what="The maps that every layer makes of the chosen image" />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing in it takes the focus, and it has to be scrolled with keys
        <section className={styles.scroll} aria-label="Activation maps" tabIndex={0}>
          <Guess maps={maps} />
          {maps.volumes.map((volume) => (
            <Volume key={volume.layer} volume={volume} />
          ))}
        </section>
      )}
    </div>
  );
}

/** Held-back pictures to choose from. */
function Samples({ chosen, onChoose }: { readonly chosen: number; readonly onChoose: (sample: number) => void }) {
  const read = useSamples();
  const info = useShownData();
  const [page, setPage] = useState(0);
  const [images, setImages] = useState<readonly { readonly image: ImageData; readonly label: number }[]>([]);
  const count = info === undefined ? 0 : info.validate.end - info.validate.begin;
  useEffect(() => {
    if (info === undefined) return;
    const begin = info.validate.begin + page * PAGE;
    let wanted = true;
    void attempt(() => read(begin, PAGE)).then((found) => {
      if (!wanted || found === undefined) return;
      const [channels, height, width] = found.shape;
      const each = channels * height * width;
      setImages(
        found.labels.map((label, i) => ({
          label,
          image: sampleImage(found.pixels.subarray(i * each, (i + 1) * each), channels, height, width),
        })),
      );
    });
    return () => {
      wanted = false;
    };
  }, [read, info, page]);
  if (info === undefined) return null;
  const pages = Math.ceil(count / PAGE);
  return (
    <div className={styles.samples}>
      <IconButton label="Earlier pictures" icon={ChevronLeft} disabled={page === 0} onClick={() => setPage(page - 1)} />
      <ul className={styles.grid} aria-label="Held-back pictures">
        {images.slice(0, count - page * PAGE).map(({ image, label }, i) => {
          const sample = page * PAGE + i;
          const name = `picture ${sample + 1}, ${info.classNames[label] ?? label}`;
          return (
            <li key={sample}>
              <button
                type="button"
                className={styles.tile}
                aria-pressed={sample === chosen}
                title={name}
                onClick={() => onChoose(sample)}
              >
                <Picture name={name} image={image} size={36} />
              </button>
            </li>
          );
        })}
      </ul>
      <IconButton
        label="Later pictures"
        icon={ChevronRight}
        disabled={page + 1 >= pages}
        onClick={() => setPage(page + 1)}
      />
    </div>
  );
}

/** The classes the network finds most likely, against the true one. */
function Guess({ maps }: { readonly maps: ActivationMaps }) {
  const info = useShownData();
  const name = (index: number) => info?.classNames[index] ?? String(index);
  const best = [...maps.output.entries()].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const areShares = best.every(([, value]) => value >= 0 && value <= 1.0001);
  return (
    <p className={styles.guess}>
      True class <strong>{name(maps.label)}</strong>; after {formatWhole(maps.step)} steps the network says{' '}
      {best.map(([index, value], i) => (
        <span key={index} data-right={index === maps.label || undefined}>
          {i > 0 && ', '}
          {name(index)} ({areShares ? formatPercent(value) : value.toFixed(2)})
        </span>
      ))}
    </p>
  );
}

function Volume({ volume }: { readonly volume: ActivationVolume }) {
  const [shown, height, width] = volume.dims;
  const images = useMemo(
    () =>
      Array.from({ length: shown }, (_, map) =>
        greyImage(volume.pixels.subarray(map * height * width, (map + 1) * height * width), height, width),
      ),
    [volume.pixels, shown, height, width],
  );
  const range = `${volume.low.toPrecision(3)} … ${volume.high.toPrecision(3)}`;
  return (
    <section className={styles.bank}>
      <h3>
        {volume.name}{' '}
        <span>
          {formatWhole(volume.maps)} maps, values {range}
          {volume.maps > shown && ` · the first ${shown}`}
        </span>
      </h3>
      <div className={styles.grid}>
        {images.map((image, map) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a map is its number
          <Picture key={map} name={`${volume.name} map ${map + 1}`} image={image} size={48} />
        ))}
      </div>
    </section>
  );
}
