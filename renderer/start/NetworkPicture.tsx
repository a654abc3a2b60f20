import { layerDefinition } from '#core/layers/index.ts';
import { propagate } from '#core/network/propagate.ts';
import type { Design } from '#core/project/design.ts';
import { isVolume } from '#core/shape.ts';
import { categoryClass } from '../ui/category.ts';

const HEIGHT = 64;
const WIDTH = 220;

interface Bar {
  readonly id: string;
  readonly tone: string;
  readonly height: number;
  readonly width: number;
}

/** A network at a glance: one bar a volume, as high as the picture is wide, as thick as it is deep (both as roots). */
function barsOf(design: Design): readonly Bar[] {
  const report = propagate(design.network);
  return report.order.flatMap((id) => {
    const found = report.layers.get(id);
    const definition = found && layerDefinition(found.layer.kind);
    if (found?.shape === undefined || definition === undefined || definition.inPlace) return [];
    const { shape } = found;
    const tone = `var(--tone-${categoryClass(definition.category)})`;
    if (!isVolume(shape)) return [{ id, tone, height: Math.sqrt(shape[0] ?? 1) / 3, width: 3 }];
    return [{ id, tone, height: Math.sqrt(shape[1]) * 3, width: Math.max(2, Math.sqrt(shape[0]) * 0.9) }];
  });
}

export function NetworkPicture({ design }: { readonly design: Design }) {
  const bars = barsOf(design);
  const gap = 3;
  const total = bars.reduce((sum, bar) => sum + bar.width + gap, -gap);
  const tallest = Math.max(...bars.map((bar) => bar.height), 1);
  const scaleX = Math.min(2.2, WIDTH / total);
  const scaleY = HEIGHT / tallest;
  let x = 0;
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {bars.map(({ id, tone, height, width }) => {
        const [w, h] = [width * scaleX, Math.max(4, height * scaleY)];
        const left = x;
        x += w + gap * scaleX;
        return <rect key={id} x={left} y={(HEIGHT - h) / 2} width={w} height={h} rx={1.5} fill={tone} />;
      })}
    </svg>
  );
}
