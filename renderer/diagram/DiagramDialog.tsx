import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { DIAGRAM_CHOICES } from '#core/diagram/options.ts';
import { formatWhole } from '#core/format.ts';
import { toFileName } from '#core/project/file-name.ts';
import { useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { attempt } from '../ui/notices.ts';
import { Segmented } from '../ui/Segmented.tsx';
import styles from './DiagramDialog.module.css';
import { changeDiagram, closeDiagramDialog, useDiagram } from './diagram-store.ts';
import { diagramUrl, savePng, saveSvg } from './save.ts';

const FOLDING = { folded: 'Folded', apart: 'Apart' } as const;
const LENGTHS = { page: 'To a page', line: 'One line' } as const;

/** Exports the drawn network as a figure for a paper. */
export function DiagramDialog() {
  const open = useDiagram((state) => state.open);
  return open ? <OpenDialog /> : null;
}

function OpenDialog() {
  const options = useDiagram((state) => state.options);
  const design = useDocument((state) => state.design);
  const report = useDocument((state) => state.report);
  const diagram = useMemo(
    () => drawDiagram(design.name, design.network, report, options),
    [design.name, design.network, report, options],
  );
  const url = useMemo(() => diagramUrl(diagram), [diagram]);
  const stem = toFileName(design.name);
  return (
    <Modal title="Export diagram" onClose={closeDiagramDialog}>
      <div className={styles.choices}>
        <Segmented
          label="Style"
          choices={DIAGRAM_CHOICES.style}
          value={options.style}
          onChange={(style) => changeDiagram({ style })}
        />
        <Segmented
          label="Theme"
          choices={DIAGRAM_CHOICES.theme}
          value={options.theme}
          onChange={(theme) => changeDiagram({ theme })}
        />
        <Segmented
          label="Direction"
          choices={DIAGRAM_CHOICES.direction}
          value={options.direction}
          onChange={(direction) => changeDiagram({ direction })}
        />
        {design.network.blocks !== undefined && (
          <Segmented
            label="Blocks"
            choices={DIAGRAM_CHOICES.blocks}
            value={options.blocks}
            onChange={(blocks) => changeDiagram({ blocks })}
          />
        )}
        <Segmented
          label="RELU, BATCH NORM …"
          choices={FOLDING}
          value={options.fold ? 'folded' : 'apart'}
          onChange={(fold) => changeDiagram({ fold: fold === 'folded' })}
        />
        <Segmented
          label="Length"
          choices={LENGTHS}
          value={options.wrap ? 'page' : 'line'}
          onChange={(length) => changeDiagram({ wrap: length === 'page' })}
        />
      </div>
      <div className={styles.preview} data-theme={options.theme}>
        <img src={url} alt={`Diagram of ${design.name}`} />
      </div>
      <div className={styles.foot}>
        <span>
          {formatWhole(diagram.width)} × {formatWhole(diagram.height)} pixels
        </span>
        <Button icon={Download} onClick={() => void attempt(() => savePng(diagram, stem))}>
          Save PNG
        </Button>
        <Button icon={Download} kind="primary" onClick={() => saveSvg(diagram, stem)}>
          Save SVG
        </Button>
      </div>
    </Modal>
  );
}
