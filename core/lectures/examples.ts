import type { ConvolutionExample, Matrix, PoolingExample } from './slide-window.ts';

/** The picture that most of the lectures' examples slide their filters over. */
const PICTURE: Matrix = [
  [1, 1, 1, 0, 0],
  [0, 1, 1, 1, 0],
  [0, 0, 1, 1, 1],
  [0, 0, 1, 1, 0],
  [0, 1, 1, 0, 0],
];

interface Named {
  readonly id: string;
  readonly title: string;
  readonly lecture: string;
}

/** One filter, given with whole numbers, over the picture. */
function onPicture(
  id: string,
  title: string,
  lecture: string,
  filter: Matrix,
  divisor = 1,
): Named & ConvolutionExample {
  return { id, title, lecture, input: [PICTURE], filters: [[filter]], bias: [0], stride: 1, pad: 0, divisor };
}

/** The lectures' worked examples of convolution. */
export const CONVOLUTIONS: readonly (Named & ConvolutionExample)[] = [
  onPicture('5x5', 'A 3×3 filter on 5×5', '002, 004', [
    [1, 0, 1],
    [0, 1, 0],
    [1, 0, 1],
  ]),
  {
    id: 'diagonal',
    title: 'Two filters that look for lines on 6×6',
    lecture: '003',
    input: [
      [
        [1, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 0, 1, 0],
      ],
    ],
    filters: [
      [
        [
          [1, -1, -1],
          [-1, 1, -1],
          [-1, -1, 1],
        ],
      ],
      [
        [
          [-1, 1, -1],
          [-1, 1, -1],
          [-1, 1, -1],
        ],
      ],
    ],
    bias: [0, 0],
    stride: 1,
    pad: 0,
  },
  {
    id: '7x7x3-demo',
    title: 'Two filters of depth 3, stride 2, padding 1',
    lecture: '003',
    input: [
      [
        [1, 2, 0, 0, 1],
        [2, 2, 0, 1, 0],
        [2, 2, 1, 2, 1],
        [0, 1, 1, 0, 2],
        [2, 1, 0, 2, 1],
      ],
      [
        [0, 2, 0, 0, 1],
        [1, 1, 0, 2, 2],
        [0, 1, 1, 0, 2],
        [1, 2, 0, 2, 0],
        [0, 2, 0, 1, 0],
      ],
      [
        [2, 2, 1, 0, 0],
        [2, 1, 0, 0, 1],
        [0, 2, 2, 2, 1],
        [1, 2, 1, 0, 2],
        [2, 1, 1, 1, 1],
      ],
    ],
    filters: [
      [
        [
          [1, -1, -1],
          [-1, 0, 0],
          [-1, -1, 0],
        ],
        [
          [-1, 0, 1],
          [-1, 0, 0],
          [-1, -1, -1],
        ],
        [
          [-1, -1, 1],
          [0, 0, 0],
          [1, -1, -1],
        ],
      ],
      [
        [
          [0, 0, 1],
          [1, 1, 0],
          [0, 0, 0],
        ],
        [
          [1, 0, 0],
          [1, -1, 1],
          [-1, 0, 0],
        ],
        [
          [-1, 1, 0],
          [0, -1, 1],
          [1, 0, -1],
        ],
      ],
    ],
    bias: [1, 0],
    stride: 2,
    pad: 1,
  },
  onPicture('kernel-edge1', 'Edges, first filter', '004', [
    [1, 0, -1],
    [0, 0, 0],
    [-1, 0, 1],
  ]),
  onPicture('kernel-edge2', 'Edges, second filter', '004', [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ]),
  onPicture('kernel-edge3', 'Edges, third filter', '004', [
    [-1, -1, -1],
    [-1, 8, -1],
    [-1, -1, -1],
  ]),
  onPicture('kernel-sharpen', 'Sharpen', '004', [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ]),
  onPicture(
    'kernel-boxBlur',
    'Box blur',
    '004',
    [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ],
    9,
  ),
  onPicture(
    'kernel-gaussianBlur',
    'Gaussian blur',
    '004',
    [
      [1, 2, 1],
      [2, 4, 2],
      [1, 2, 1],
    ],
    16,
  ),
];

/** The lectures' worked examples of pooling. */
export const POOLINGS: readonly (Named & PoolingExample)[] = [
  {
    id: 'max',
    title: 'Max pooling 4×4',
    lecture: '003',
    kind: 'max',
    size: 2,
    stride: 2,
    input: [
      [29, 15, 28, 184],
      [0, 100, 70, 38],
      [12, 12, 7, 2],
      [12, 12, 45, 6],
    ],
  },
  {
    id: 'avg',
    title: 'Average pooling 4×4',
    lecture: '003',
    kind: 'average',
    size: 2,
    stride: 2,
    input: [
      [31, 15, 28, 184],
      [0, 100, 70, 38],
      [12, 12, 7, 2],
      [12, 12, 45, 6],
    ],
  },
  {
    id: 'cs231n',
    title: 'Max pooling, the usual figure',
    lecture: '001',
    kind: 'max',
    size: 2,
    stride: 2,
    input: [
      [1, 1, 2, 4],
      [5, 6, 7, 8],
      [3, 2, 1, 0],
      [1, 2, 3, 4],
    ],
  },
];
