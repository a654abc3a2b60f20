import { useMemo, useState } from 'react';
import { type ConvolutionExample, convolve, type Matrix } from '#core/lectures/slide-window.ts';
import styles from './Lectures.module.css';
import { formatValue, MatrixTable } from './MatrixTable.tsx';

/** A matrix with zeros around it. */
function padded(matrix: Matrix, pad: number): Matrix {
  const width = (matrix[0]?.length ?? 0) + 2 * pad;
  const empty = Array.from({ length: pad }, () => new Array<number>(width).fill(0));
  const sides = new Array<number>(pad).fill(0);
  return [...empty, ...matrix.map((row) => [...sides, ...row, ...sides]), ...empty];
}

/** A worked example: the padded input, the filters, the output; the output that is chosen, with its sum. */
export function WorkedConvolution({ example }: { readonly example: ConvolutionExample }) {
  const { input, filters, stride, pad, divisor = 1 } = example;
  const outputs = useMemo(() => convolve(example), [example]);
  const [{ filter, row, column }, choose] = useState({ filter: 0, row: 0, column: 0 });
  const size = filters[0]?.[0]?.length ?? 1;
  const sum = outputs[filter]?.[row]?.[column];
  const deep = input.length > 1;
  const one = filters.length === 1;
  return (
    <>
      <div className={styles.matrices}>
        <div>
          {input.map((channel, d) => (
            <MatrixTable
              // biome-ignore lint/suspicious/noArrayIndexKey: channels are known by their number
              key={d}
              title={`Input${deep ? ` ${d + 1}` : ''}${pad > 0 ? `, padded by ${pad}` : ''}`}
              matrix={padded(channel, pad)}
              window={{ row: row * stride, column: column * stride, size }}
            />
          ))}
        </div>
        <div>
          {filters[filter]?.map((channel, d) => (
            <MatrixTable
              // biome-ignore lint/suspicious/noArrayIndexKey: channels are known by their number
              key={d}
              title={`Filter${one ? '' : ` ${filter + 1}`}${deep ? `, channel ${d + 1}` : ''}${divisor === 1 ? '' : `, divided by ${divisor}`}`}
              matrix={channel}
            />
          ))}
        </div>
        <div>
          {outputs.map((map, k) => (
            <MatrixTable
              // biome-ignore lint/suspicious/noArrayIndexKey: filters are known by their number
              key={k}
              title={one ? 'Output' : `Output of filter ${k + 1}`}
              matrix={map.map((values) => values.map(({ value }) => value))}
              {...(k === filter && { chosen: { row, column } })}
              onChoose={(place) => choose({ filter: k, ...place })}
            />
          ))}
        </div>
      </div>
      {sum !== undefined && (
        <p className={styles.sum} data-testid="sum">
          {divisor !== 1 && '('}
          {sum.terms.map(({ pixel, weight }) => `${formatValue(pixel)}·${factor(weight)}`).join(' + ')}
          {divisor !== 1 && `)/${divisor}`}
          {sum.bias !== 0 && ` + ${factor(sum.bias)}`} = <strong>{formatValue(sum.value)}</strong>
        </p>
      )}
    </>
  );
}

function factor(value: number): string {
  return value < 0 ? `(${formatValue(value)})` : formatValue(value);
}
