import 'uplot/dist/uPlot.min.css';
import { type FocusEvent, type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { formatWhole } from '#core/format.ts';
import { useColorScheme } from '../ui/color-scheme.ts';
import { type CurveData, type CurveValues, describeValues, moveOnCurve, valuesAt } from './curve-values.ts';
import styles from './Training.module.css';

interface Props {
  /** Name of the figure: "Loss curve". */
  readonly name: string;
  /** What is said of the last values. */
  readonly training: string;
  readonly validation: string;
  /** How a value is written. */
  readonly format: (value: number) => string;
  /** Lowest and highest value of the axis; the data's own where left out. */
  readonly range?: readonly [number, number];
  /** The data; asked for only when `version` has changed. */
  readonly read: () => CurveData;
  readonly version: () => string;
}

/** Milliseconds between two drawings. */
const EVERY = 150;

/** A colour of the style sheet as a canvas takes it: light-dark() resolved for the scheme in force. */
function cssColour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function createPlot(target: HTMLElement, range: Props['range'], onCursor: (plot: uPlot) => void): uPlot {
  const axis = {
    stroke: cssColour('--chart-text'),
    grid: { stroke: cssColour('--chart-grid'), width: 1 },
    ticks: { stroke: cssColour('--chart-grid'), width: 1, size: 4 },
    font: `11px ${getComputedStyle(target).fontFamily}`,
  };
  return new uPlot(
    {
      width: Math.max(120, target.clientWidth),
      height: Math.max(80, target.clientHeight),
      legend: { show: false },
      cursor: { y: false },
      hooks: { setCursor: [onCursor] },
      // uPlot takes x for seconds unless told that it is not time.
      scales: { x: { time: false }, ...(range && { y: { range: [range[0], range[1]] as [number, number] } }) },
      axes: [
        {
          ...axis,
          size: 30,
          values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')),
        },
        { ...axis, size: 46 },
      ],
      series: [
        {},
        { stroke: cssColour('--chart-training'), width: 1.5, points: { show: false } },
        {
          stroke: cssColour('--chart-validation'),
          width: 2,
          spanGaps: true,
          points: { show: true, size: 7, fill: cssColour('--chart-validation') },
        },
      ],
    },
    [[], [], []],
    target,
  );
}

/** What is read from the curve: the place of the value, and where it is drawn, in pixels from the left. */
interface Reading {
  readonly index: number;
  readonly values: CurveValues;
  readonly left: number;
  /** Whether there is more room for the values at its left. */
  readonly isRight: boolean;
}

const NO_DATA: CurveData = { steps: [], training: [], validation: [] };

/**
 * A curve over the steps of a run. It is handed arrays and draws by itself, so that no step draws the page. Its values are
 * shown under the pointer; with the focus, arrow keys lead along it.
 */
export function Curve({ name, training, validation, format, range, read, version }: Props) {
  const target = useRef<HTMLDivElement>(null);
  const plotNow = useRef<uPlot>(undefined);
  const data = useRef(NO_DATA);
  const [reading, setReading] = useState<Reading>();
  const [extent, setExtent] = useState<readonly [first: number, last: number]>([0, 0]);
  const scheme = useColorScheme();
  const [low, high] = range ?? [undefined, undefined];

  /** Reads the curve at a place; undefined: no more. */
  const readAt = useCallback((index: number | null | undefined) => {
    const plot = plotNow.current;
    const values = index == null ? undefined : valuesAt(data.current, index);
    if (plot === undefined || index == null || values === undefined) return setReading(undefined);
    const left = plot.valToPos(data.current.steps[index] ?? 0, 'x');
    setReading({ index, values, left: left + plot.over.offsetLeft, isRight: left > plot.over.clientWidth / 2 });
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot takes its colours from the scheme when it is made
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const fixed = low === undefined || high === undefined ? undefined : ([low, high] as const);
    const plot = createPlot(element, fixed, ({ cursor }) => readAt(cursor.idx));
    plotNow.current = plot;
    let drawn: string | undefined;
    const draw = () => {
      const current = version();
      if (current === drawn) return;
      drawn = current;
      data.current = read();
      const { steps, training: curve, validation: points } = data.current;
      plot.setData([[...steps], [...curve], [...points]]);
      setExtent([Math.round(steps[0] ?? 0), Math.round(steps.at(-1) ?? 0)]);
    };
    const resize = new ResizeObserver(() => {
      plot.setSize({ width: Math.max(120, element.clientWidth), height: Math.max(80, element.clientHeight) });
    });
    resize.observe(element);
    draw();
    const timer = setInterval(draw, EVERY);
    return () => {
      clearInterval(timer);
      resize.disconnect();
      plot.destroy();
      plotNow.current = undefined;
    };
  }, [scheme, low, high, read, version, readAt]);

  /** Moves the cursor as the pointer would; what is read is the value itself, of which many may share a pixel. */
  const moveTo = (index: number | undefined) => {
    const plot = plotNow.current;
    const step = index === undefined ? undefined : data.current.steps[index];
    plot?.setCursor(
      { left: step === undefined ? -1 : plot.valToPos(step, 'x'), top: step === undefined ? -1 : 0 },
      false,
    );
    readAt(index);
  };
  const key = (event: KeyboardEvent) => {
    const count = data.current.steps.length;
    const index = moveOnCurve(event.key, reading?.index ?? count - 1, count);
    if (index === undefined || count === 0) return;
    event.preventDefault();
    moveTo(index);
  };
  const isEmpty = training === 'training';
  const slider = {
    role: 'slider',
    tabIndex: 0,
    'aria-label': `${name}: arrow keys read its values`,
    'aria-valuemin': extent[0],
    'aria-valuemax': extent[1],
    'aria-valuenow': reading?.values.step ?? extent[1],
    'aria-valuetext': reading === undefined ? undefined : describeValues(reading.values, format),
    onKeyDown: key,
    // A click leaves the cursor where the pointer is.
    onFocus: ({ currentTarget }: FocusEvent) => {
      if (currentTarget.matches(':focus-visible')) moveTo(data.current.steps.length - 1);
    },
    onBlur: () => moveTo(undefined),
  };

  return (
    <figure className={styles.figure} aria-label={name}>
      <figcaption>
        {name}
        <span>
          <i style={{ background: 'var(--chart-training)' }} />
          {training}
        </span>
        <span>
          <i style={{ background: 'var(--chart-validation)' }} />
          {validation}
        </span>
      </figcaption>
      <div ref={target} className={styles.plot} {...(!isEmpty && slider)}>
        {isEmpty && <div className={styles.waiting}>Press Train: the curve grows here.</div>}
        {!isEmpty && reading !== undefined && <Values reading={reading} format={format} />}
      </div>
    </figure>
  );
}

/** The values at the cursor, beside it. */
function Values({ reading, format }: { readonly reading: Reading; readonly format: (value: number) => string }) {
  const { values, left, isRight } = reading;
  const { step, training, validation } = values;
  return (
    <dl className={styles.values} data-right={isRight || undefined} style={{ left }}>
      <dt>step</dt>
      <dd>{formatWhole(step)}</dd>
      <dt>
        <i className={styles.mark} style={{ background: 'var(--chart-training)' }} />
        training
      </dt>
      <dd>{format(training)}</dd>
      {validation !== undefined && (
        <>
          <dt>
            <i className={styles.mark} style={{ background: 'var(--chart-validation)' }} />
            validation
          </dt>
          <dd>
            {format(validation.value)}
            {validation.step !== step && <small> at {formatWhole(validation.step)}</small>}
          </dd>
        </>
      )}
    </dl>
  );
}
