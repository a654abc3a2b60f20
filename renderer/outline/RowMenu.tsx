import { Menu } from '@base-ui/react/menu';
import type { KeyboardEvent, ReactNode } from 'react';
import { layerDefinition } from '#core/layers/index.ts';
import { consumersOf, inputsOf, type LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';
import { disconnect, duplicateSelection, moveInputUp } from './actions.ts';
import styles from './RowMenu.module.css';

/** What is asked next, once it was chosen from the menu. */
export type FollowUp = 'rename' | 'connect' | 'insert-before' | 'insert-after';

/** Where a menu opens: at an element, or at the pointer. */
export type Anchor = Element | { readonly getBoundingClientRect: () => DOMRect };

interface Props {
  readonly layer: LayerId;
  readonly anchor: Anchor;
  /** The landmark that the menu belongs to. */
  readonly container: HTMLElement | null;
  readonly onFollowUp: (what: FollowUp) => void;
  readonly onSettings: () => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
  /** Where the focus goes afterwards; false where something else takes it. */
  readonly finalFocus: () => HTMLElement | false;
}

/** What can be done to a layer, and to the others that are selected with it. */
export function RowMenu({ layer, anchor, container, onFollowUp, onSettings, onDelete, onClose, finalFocus }: Props) {
  const network = useDocument(({ design }) => design.network);
  const nameOf = (id: LayerId) => network.layers.get(id)?.name ?? id;
  const takesInput = layerDefinition(network.layers.get(layer)?.kind ?? '')?.arity.max !== 0;
  const inputs = inputsOf(network).get(layer) ?? [];
  const fed = consumersOf(network).get(layer) ?? [];
  const selected = useDocument(({ selection }) => selection.size);
  const many = selected > 1 ? ` ${selected} layers` : '';
  return (
    <Menu.Root open onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal container={container}>
        <Menu.Positioner
          className={styles.positioner}
          positionMethod="fixed"
          anchor={anchor}
          align="start"
          sideOffset={2}
        >
          <Menu.Popup
            className={styles.popup}
            aria-label={`Menu of ${nameOf(layer)}`}
            finalFocus={finalFocus}
            onKeyDown={keepKeys}
            onContextMenu={(event) => event.preventDefault()}
          >
            <Item keys="Enter" onClick={onSettings}>
              Settings
            </Item>
            <Item keys="F2" onClick={() => onFollowUp('rename')}>
              Rename
            </Item>
            <Separator />
            <Item onClick={() => onFollowUp('connect')}>Connect to…</Item>
            {inputs.map((from) => (
              <Item key={from} onClick={() => disconnect({ from, to: layer })}>
                Disconnect from {nameOf(from)}
              </Item>
            ))}
            {fed.map((to) => (
              <Item key={to} onClick={() => disconnect({ from: layer, to })}>
                Disconnect from {nameOf(to)}, which it feeds
              </Item>
            ))}
            {inputs.slice(1).map((from, i) => (
              <Item key={from} onClick={() => moveInputUp(layer, from)}>
                Take {nameOf(from)} before {nameOf(inputs[i] ?? '')}
              </Item>
            ))}
            <Separator />
            {takesInput && <Item onClick={() => onFollowUp('insert-before')}>Insert before…</Item>}
            <Item onClick={() => onFollowUp('insert-after')}>Insert after…</Item>
            <Separator />
            <Item keys="Control+D" onClick={duplicateSelection}>
              Duplicate{many}
            </Item>
            <Item keys="Delete" onClick={onDelete}>
              Delete{many}
            </Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Keys in the menu are not for the canvas or the window; Escape has to reach the menu's own listener there. */
function keepKeys(event: KeyboardEvent): void {
  if (event.key !== 'Escape') event.stopPropagation();
}

interface ItemProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  /** Keys that do the same in the row. */
  readonly keys?: keyof typeof KEY_CAPS;
}

/** Keys as ARIA writes them, and as the menu does. */
const KEY_CAPS = { Enter: 'Enter', F2: 'F2', 'Control+D': 'Ctrl+D', Delete: 'Del' } as const;

function Item({ children, onClick, keys }: ItemProps) {
  return (
    <Menu.Item className={styles.item} onClick={onClick} aria-keyshortcuts={keys}>
      <span>{children}</span>
      {keys !== undefined && <span aria-hidden="true">{KEY_CAPS[keys]}</span>}
    </Menu.Item>
  );
}

function Separator() {
  return <Menu.Separator className={styles.separator} />;
}
