/** The mark of microclaw: three claw strokes. */
export function BrandMark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" className="shrink-0 text-accent">
      <path
        d="M5 3c2 5 2.2 10.5.5 17M11.5 3c1.6 5.4 1.6 11.6-.2 18M18 3c1.2 5.7.8 11.2-1.2 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
