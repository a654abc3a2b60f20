import { categoryClass } from '../ui/category.ts';
import styles from './NetworkPicture.module.css';
import { PICTURE, type Picture } from './network-picture.ts';

/** A network at a glance; an empty space of its size as long as there is no picture. */
export function NetworkPicture({ picture }: { readonly picture: Picture | undefined }) {
  const { width, height } = PICTURE;
  return (
    <svg className={styles.picture} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {picture?.lines.map(({ id, points }) => (
        <polyline key={id} points={points.map((point) => point.join()).join(' ')} className={styles.line} />
      ))}
      {picture?.bars.map(({ id, category, x, y, width: w, height: h, pale }) => (
        <rect
          key={id}
          x={x}
          y={y}
          width={w}
          height={h}
          rx={Math.min(1.5, w / 4)}
          fill={`var(--tone-${categoryClass(category)})`}
          opacity={pale ? 0.55 : 1}
        />
      ))}
    </svg>
  );
}
