import { useEffect, useRef } from 'react';
import styles from './Pictures.module.css';

interface Props {
  /** Name for assistive technology. */
  readonly name: string;
  readonly image: ImageData;
  /** Longer side on screen, in pixels. */
  readonly size: number;
}

/** Pixels drawn large and sharp. */
export function Picture({ name, image, size }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [image]);
  const scale = size / Math.max(image.width, image.height);
  return (
    <canvas
      ref={canvas}
      className={styles.picture}
      role="img"
      aria-label={name}
      width={image.width}
      height={image.height}
      style={{ width: Math.round(image.width * scale), height: Math.round(image.height * scale) }}
    />
  );
}
