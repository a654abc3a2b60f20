import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useColorScheme } from '../ui/color-scheme.ts';
import styles from './Training.module.css';

export interface CurveData {
  /** Steps, counted from 1. */
  readonly steps: readonly number[];
  readonly training: readonly number[];
  /** Validation values, null where there is none. */
  readonly validation: readonly (number | null)[];
}

interface Props {
  /** Name of the figure: "Loss curve". */
  readonly name: string;
  /** What is said of the last values. */
  readonly training: string;
  readonly validation: string;
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

function createPlot(target: HTMLElement, range: Props['range']): uPlot {
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

/** A curve over the steps of a run. It is handed arrays and draws by itself, so that no step draws the page. */
export function Curve({ name, training, validation, range, read, version }: Props) {
  const target = useRef<HTMLDivElement>(null);
  const scheme = useColorScheme();
  const [low, high] = range ?? [undefined, undefined];

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot takes its colours from the scheme when it is made
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const plot = createPlot(element, low === undefined || high === undefined ? undefined : [low, high]);
    let drawn: string | undefined;
    const draw = () => {
      const current = version();
      if (current === drawn) return;
      drawn = current;
      const { steps, training: curve, validation: points } = read();
      plot.setData([[...steps], [...curve], [...points]]);
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
    };
  }, [scheme, low, high, read, version]);

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
      <div ref={target} className={styles.plot}>
        {training === 'training' && <div className={styles.waiting}>Press Train: the curve grows here.</div>}
      </div>
    </figure>
  );
}
