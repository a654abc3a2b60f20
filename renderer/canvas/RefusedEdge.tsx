import { BaseEdge, EdgeLabelRenderer, type EdgeProps, useStore, useStoreApi } from '@xyflow/react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { roundedPath } from '#core/layout/path.ts';
import { useDocument } from '../document/store.ts';
import { goOnAt } from '../ui/focus-keeper.ts';
import { NODE } from './dimensions.ts';
import { nodeElement } from './focus-layer.ts';
import styles from './RefusedEdge.module.css';
import { choiceFor, keepOld, refusalText, takeNew, useRefusedConnection } from './refused-connection.ts';

/** How far from the middle of the nodes it runs, below or above them. */
const AWAY = NODE.height / 2 + 22;
/** How far from its ends it turns, and how round. */
const TURN = 14;
const RADIUS = 10;
/** Pixels on the screen that the question takes. */
const QUESTION = { width: 250, height: 150 } as const;

/** A connection that would close a loop, with the question what to do. It leads back, past the layers between. */
export function RefusedEdge({ sourceX, sourceY, targetX, targetY, target }: EdgeProps) {
  const store = useStoreApi();
  const [low, high] = [Math.max(sourceY, targetY), Math.min(sourceY, targetY)];
  // Below, unless there is no room on the screen; it stays there while the canvas is moved.
  const [isBelow] = useState(() => {
    const { transform, height } = store.getState();
    const [, y, zoom] = transform;
    return (low + AWAY) * zoom + y + QUESTION.height < height || (high - AWAY) * zoom + y < QUESTION.height;
  });
  const y = isBelow ? low + AWAY : high - AWAY;
  const middle = (sourceX + targetX) / 2;
  const [out, back] = [sourceX + TURN, targetX - TURN];
  const path = roundedPath(
    [
      [sourceX, sourceY],
      [out, sourceY],
      [out, y],
      [back, y],
      [back, targetY],
      [targetX, targetY],
    ],
    RADIUS,
  );
  const [x] = useState(() => {
    const { transform, width } = store.getState();
    const [left, , zoom] = transform;
    const half = QUESTION.width / 2;
    return (Math.min(Math.max(middle * zoom + left, half), width - half) - left) / zoom;
  });
  return (
    <>
      <BaseEdge path={path} className={styles.edge ?? ''} />
      <EdgeLabelRenderer>
        <Question x={x} y={y} isBelow={isBelow} onDone={() => goOnAt(() => nodeElement(target))} />
      </EdgeLabelRenderer>
    </>
  );
}

interface QuestionProps {
  readonly x: number;
  readonly y: number;
  readonly isBelow: boolean;
  readonly onDone: () => void;
}

function Question({ x, y, isBelow, onDone }: QuestionProps) {
  const id = useId();
  const keep = useRef<HTMLButtonElement>(null);
  const network = useDocument(({ design }) => design.network);
  const refused = useRefusedConnection((state) => state.refused);
  const choice = useMemo(() => refused && choiceFor(network, refused), [network, refused]);
  // Seen from afar it stays large enough to be read.
  const scale = useStore(({ transform: [, , zoom] }) => 1 / Math.min(1, zoom));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each question takes the focus once
  useEffect(() => keep.current?.focus({ preventScroll: true }), [refused]);
  if (refused === undefined || choice === undefined) return null;
  const nameOf = (layer: string) => network.layers.get(layer)?.name ?? layer;
  const others = choice.others.map(({ from, to }) => `${nameOf(from)} → ${nameOf(to)}`);
  const decide = (decision: () => void) => () => {
    onDone();
    decision();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: no group of form fields
    <div
      role="group"
      aria-labelledby={id}
      className={`${styles.question} nodrag nopan nowheel nokey`}
      style={{
        width: QUESTION.width,
        transform: `translate(${x}px, ${y}px) scale(${scale}) translate(-50%, ${isBelow ? '-8px' : 'calc(8px - 100%)'})`,
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        decide(keepOld)();
      }}
    >
      <p id={id}>{refusalText(network, refused, choice)}</p>
      {others.length > 0 && (
        <button type="button" onClick={decide(takeNew)}>
          {others.length === 1 ? 'Remove the other connection instead' : 'Remove the other connections instead'}
          <span>{others.join(', ')}</span>
        </button>
      )}
      <button ref={keep} type="button" onClick={decide(keepOld)}>
        {others.length > 0 ? 'Keep the old one' : 'Leave it out'}
      </button>
    </div>
  );
}
