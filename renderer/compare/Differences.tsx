import { kindLabel } from '#core/layers/index.ts';
import type { LayerId } from '#core/network/network.ts';
import { type DesignDiff, isSame } from '#core/project/diff.ts';
import type { Change } from '#core/project/diff-change.ts';
import type { LayerEntry } from '#core/project/diff-layers.ts';
import {
  blockLines,
  connectionLines,
  describeLayer,
  inputNames,
  labelRows,
  layerRows,
  noteLines,
  outcomeRows,
  problemLines,
  summarize,
  totalRows,
  type ValueRow,
} from '#core/project/diff-text.ts';
import { volumeText } from '#core/shape.ts';
import styles from './Compare.module.css';
import { Lines, Mark, type RowGroup, Section, ValueTable } from './Tables.tsx';
import { TotalChanges } from './TotalChanges.tsx';

interface Props {
  readonly diff: DesignDiff;
  /** What the designs are called. */
  readonly names: Change<string>;
  /** Called with a layer of the second design. */
  readonly onChoose: (layer: LayerId) => void;
}

/** Everything in which two designs differ. */
export function Differences({ diff, names, onChoose }: Props) {
  const { layers } = diff;
  const group = (layer: LayerEntry, rows: readonly ValueRow[]): RowGroup => ({
    key: layer.id,
    head: <LayerHead layer={layer} onChoose={onChoose} />,
    rows,
  });
  const single = (row: ValueRow): RowGroup => ({ key: row.label, head: row.label, rows: [row] });
  return (
    <>
      <p className={styles.summary} aria-live="polite">
        {!isSame(diff) && (
          <>
            Compared with <strong>{names.before}</strong>:{' '}
          </>
        )}
        {summarize(diff)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys, too */}
      <section className={styles.result} aria-label="Differences" tabIndex={0}>
        <TotalChanges rows={totalRows(diff)} />
        {problemLines(diff, names).map((line) => (
          <p key={line} className={styles.warning}>
            {line}
          </p>
        ))}
        <Section title="Layers changed" items={layers.changed}>
          {(changes) => (
            <ValueTable
              names={names}
              first="Layer"
              second="Setting"
              groups={changes.map((change) => group(change.after, layerRows(change)))}
            />
          )}
        </Section>
        <Section title="Layers added" items={layers.added}>
          {(added) => <LayerList layers={added} mark="+" onChoose={onChoose} />}
        </Section>
        <Section title="Layers removed" items={layers.removed}>
          {(removed) => <LayerList layers={removed} mark="−" />}
        </Section>
        <Section title="What follows from that" items={layers.consequences}>
          {(changes) => (
            <ValueTable
              names={names}
              first="Layer"
              second="Result"
              groups={changes.map((change) => group(change.after, outcomeRows(change)))}
            />
          )}
        </Section>
        <Section title="Connections" items={connectionLines(layers)}>
          {(lines) => <Lines lines={lines} />}
        </Section>
        <Section title="Inputs in another order" items={layers.reordered}>
          {(changes) => (
            <ValueTable
              names={names}
              first="Layer"
              groups={changes.map(({ layer, before, after }) =>
                group(layer, [{ label: 'Inputs', before: inputNames(before), after: inputNames(after) }]),
              )}
            />
          )}
        </Section>
        <Section title="Blocks" items={blockLines(diff)}>
          {(lines) => <Lines lines={lines} />}
        </Section>
        <Section title="Training settings" items={diff.training}>
          {(changes) => (
            <ValueTable
              names={names}
              first="Setting"
              groups={changes.map(({ label, shown }) => single({ label, ...shown }))}
            />
          )}
        </Section>
        <Section title="Class labels" items={labelRows(diff)}>
          {(rows) => <ValueTable names={names} first="Class" groups={rows.map(single)} />}
        </Section>
        <Section title="Notes" items={noteLines(diff)}>
          {(lines) => <Lines lines={lines.map((text) => ({ mark: '', text }))} />}
        </Section>
      </section>
    </>
  );
}

/** A layer of this design by name and kind. */
function LayerHead({ layer, onChoose }: LayerProps) {
  return (
    <>
      <LayerLink layer={layer} onChoose={onChoose} /> <small>{kindLabel(layer.kind)}</small>
    </>
  );
}

interface LayerProps extends Pick<Props, 'onChoose'> {
  readonly layer: LayerEntry;
}

function LayerLink({ layer: { id, name }, onChoose }: LayerProps) {
  return (
    <button type="button" className={styles.link} title={`Select ${name} on the canvas`} onClick={() => onChoose(id)}>
      {name}
    </button>
  );
}

/** Layers that only one of the designs has. */
function LayerList({
  layers,
  mark,
  onChoose,
}: {
  readonly layers: readonly LayerEntry[];
  readonly mark: '+' | '−';
  /** None where the layers are not on the canvas. */
  readonly onChoose?: Props['onChoose'];
}) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col">Settings</th>
          <th scope="col">Volume</th>
        </tr>
      </thead>
      <tbody>
        {layers.map((layer) => (
          <tr key={layer.id}>
            <th scope="row">
              <Mark mark={mark} />
              {onChoose === undefined ? <span>{layer.name}</span> : <LayerLink layer={layer} onChoose={onChoose} />}
            </th>
            <td>{describeLayer(layer)}</td>
            <td>{volumeText(layer.shape)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
