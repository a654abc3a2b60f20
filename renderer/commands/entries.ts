import { grouped } from '#core/grouped.ts';
import { BLOCK } from '#core/layers/block.ts';
import { kindLabel, layerDefinition, layerLabel } from '#core/layers/index.ts';
import { canvasLayer } from '#core/network/expand.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { replacementsOf } from '#core/network/replacements.ts';
import { formatVolume } from '#core/shape.ts';
import { blankDesign, TEMPLATES } from '#core/templates/index.ts';
import { goOnAtLayer } from '../canvas/focus-layer.ts';
import { select } from '../document/store.ts';
import { replace } from '../outline/actions.ts';
import { addChoices } from '../outline/choices.ts';
import { outlineOrder } from '../outline/rows.ts';
import { announce } from '../ui/announce.ts';
import { categoryClass } from '../ui/category.ts';
import type { Keys } from './keys.ts';
import type { Searchable } from './match.ts';
import { COMMANDS, type Workplace } from './table.ts';

/** Something in the palette. */
export interface Entry extends Searchable {
  readonly id: string;
  /** What helps to choose, beside the label. */
  readonly detail: string;
  /** The category of a layer or a kind, as it stands in style sheets. */
  readonly category?: string;
  readonly keys?: Keys;
  /** Why it cannot be done now. */
  readonly obstacle?: string;
  readonly run: (workplace: Workplace) => void;
}

/** The layers in the order in which they run, those in blocks behind their block; choosing one selects it. */
export function layerEntries(network: Network, report: NetworkReport): readonly Entry[] {
  const inside = grouped(report.order.map((id) => [canvasLayer(id), id]));
  return outlineOrder(network, report)
    .flatMap((id) => [...new Set([id, ...(inside.get(id) ?? [])])])
    .flatMap((id) => layerEntry(report, id) ?? []);
}

function layerEntry(report: NetworkReport, id: LayerId): Entry | undefined {
  const found = report.layers.get(id);
  if (found === undefined) return undefined;
  const { layer, shape } = found;
  const definition = layerDefinition(layer.kind);
  const volume = shape === undefined ? 'no volume' : formatVolume(shape);
  const block = layer.kind === BLOCK ? String(layer.fields['block']) : '';
  return {
    id: `layer ${id}`,
    label: layerLabel(layer),
    // Its sides by themselves too: "conv 512".
    words: `${volume} ${volume.replaceAll('×', ' ')} ${block}`,
    detail: block === '' ? volume : `${block}, ${volume}`,
    category: categoryClass(definition?.category),
    run: ({ canvas }) => {
      select([canvasLayer(id)]);
      canvas.find(canvasLayer(id));
      goOnAtLayer(canvasLayer(id));
      announce(`${report.layers.get(canvasLayer(id))?.layer.name} is selected`);
    },
  };
}

/** What can be done, as the table of commands has it. */
export function commandEntries(onCanvas: boolean): readonly Entry[] {
  return COMMANDS.filter(({ id, anywhere }) => id !== 'palette' && (onCanvas || anywhere === true)).map(
    ({ id, title, words, keys, canvasKeys, obstacle, run }): Entry => {
      const shown = (keys ?? canvasKeys)?.[0];
      const reason = obstacle?.();
      return {
        id: `command ${id}`,
        label: title,
        ...(words !== undefined && { words }),
        detail: reason ?? '',
        ...(shown !== undefined && { keys: shown }),
        ...(reason !== undefined && { obstacle: reason }),
        run,
      };
    },
  );
}

/** A layer of each kind, and each of the design's blocks, to be put behind what is selected. */
export function addEntries(network: Network): readonly Entry[] {
  return addChoices(network).map(({ id, label, detail, value }) => ({
    id: `add ${id}`,
    label: `Add ${label}`,
    detail,
    words: detail,
    category: categoryClass(layerDefinition(value.kind)?.category),
    run: ({ canvas }) => canvas.append(value),
  }));
}

/** A new design of each template. */
export function templateEntries(): readonly Entry[] {
  const templates = TEMPLATES.map(
    ({ id, title, summary, create }): Entry => ({
      id: `new ${id}`,
      label: `New from ${title}`,
      words: `${id} template`,
      detail: summary,
      run: ({ open }) => open.fresh(create()),
    }),
  );
  const blank: Entry = {
    id: 'new blank',
    label: 'New, blank',
    words: 'empty template',
    detail: 'An empty canvas.',
    run: ({ open }) => open.fresh(blankDesign()),
  };
  return [...templates, blank];
}

/** The one selected layer as one of each kind that can have its connections. */
export function replaceEntries(network: Network, selection: ReadonlySet<LayerId>): readonly Entry[] {
  const [only] = selection;
  const layer = network.layers.get(only ?? '');
  if (layer === undefined || selection.size > 1) return [];
  return replacementsOf(network, layer.id).map((kind) => {
    const definition = layerDefinition(kind);
    const label = kindLabel(kind);
    return {
      id: `replace ${kind}`,
      label: `Replace ${layer.name} with ${label}`,
      detail: definition?.category ?? '',
      category: categoryClass(definition?.category),
      run: () => replace(layer.id, kind),
    };
  });
}
