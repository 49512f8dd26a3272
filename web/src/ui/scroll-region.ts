/**
 * Makes what scrolls reachable by keyboard: spread on the element that has the overflow. Browsers disagree on whether
 * a scroll container takes the focus by itself, and without it its end cannot be read with the keyboard (WCAG 2.1.1).
 */
export const scrollRegion = { tabIndex: 0 } as const;
