/** Multiply–accumulates that filling one tensor may take: some seconds. */
const MOST_WORK = 5e9;

/** Throws where a matrix is so large that making it orthonormal would take minutes. */
export function checkOrthogonal(rows: number, columns: number): void {
  if (Math.min(rows, columns) * rows * columns <= MOST_WORK) return;
  throw new Error(
    `Orthogonal first weights for ${rows}×${columns} numbers would take minutes; choose He or Glorot for this layer.`,
  );
}

/**
 * Makes the rows of a matrix orthonormal in place, or its columns where it has more rows than columns: modified
 * Gram–Schmidt, twice (Giraud et al. 2005: twice is enough). Applied to Gaussian numbers the result is uniform among
 * all such matrices (Saxe et al. 2014; torch.nn.init.orthogonal_).
 *
 * @param data [rows, columns]
 */
export function orthonormalize(data: Float32Array, rows: number): void {
  const columns = data.length / rows;
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  // The vectors lie one after the other, in float64.
  const [alongVector, betweenVectors] = rows <= columns ? [1, columns] : [columns, 1];
  const vectors = Array.from({ length: count }, (_, v) =>
    Float64Array.from({ length }, (_unused, i) => data[v * betweenVectors + i * alongVector] as number),
  );
  for (const [v, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, v)) subtract(vector, earlier, dot(vector, earlier));
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) / norm;
  }
  for (const [v, vector] of vectors.entries()) {
    for (let i = 0; i < length; i++) data[v * betweenVectors + i * alongVector] = vector[i] as number;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function subtract(from: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - times * (what[i] as number);
}
