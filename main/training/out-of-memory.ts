/** What the providers say, in their own words, when there is no memory left: ONNX Runtime, Dawn, Direct3D, CUDA, V8. */
const WORDS =
  /out of (device )?memory|bad[ _]alloc|failed to allocate memory|available memory of|E_OUTOFMEMORY|DXGI_ERROR_DEVICE_REMOVED|array buffer allocation failed|CUBLAS_STATUS_ALLOC_FAILED/i;

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && WORDS.test(error.message);
}

/** Not even a step of one picture fits. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';

  constructor(device: string, cause: unknown) {
    super(
      `There is not enough memory on ${device} for a step of a single image. Make the network or its INPUT smaller, or choose another device.`,
      { cause },
    );
  }
}

/** Memory ran out halfway through a step that had been possible before, and which writes over what it reads. */
export class BrokenOffError extends Error {
  override readonly name = 'BrokenOffError';

  constructor(device: string, batchSize: number, cause: unknown) {
    super(
      `There is no longer enough memory on ${device} for a step of ${batchSize} images, which was possible before. Close other programs and continue the run: it goes on from its last saved step.`,
      { cause },
    );
  }
}
