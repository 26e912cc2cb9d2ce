/** A text on the picture; `y` is its baseline. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly look: 'title' | 'head' | 'name' | 'small' | 'note';
  readonly anchor?: 'middle' | 'end';
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly look: 'region' | 'way' | 'service' | 'store' | 'own' | 'decide';
}

/** What goes along a line. */
export type Flow = 'requests' | 'after' | 'copies' | 'asks';

export interface Arrow {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly flow: Flow;
  readonly both?: boolean;
}

/** Everything that is drawn, in its order; all lengths in units of the picture. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  readonly labels: readonly Label[];
}
