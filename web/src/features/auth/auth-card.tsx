/** The frame of the pages before signing in. */
import type { ReactNode } from 'react';
import { BrandMark } from '../../ui/brand-mark.tsx';

export interface AuthCardProps {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children: ReactNode;
}

export function AuthCard({ title, lead, children }: AuthCardProps) {
  return (
    <main className="flex h-full items-start justify-center overflow-y-auto px-4 py-[12vh]">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <div className="flex items-center gap-2 font-semibold text-base">
          <BrandMark size={22} />
          microclaw
        </div>
        <div className="flex flex-col gap-2">
          <h1 className="font-semibold text-xl">{title}</h1>
          <p className="text-muted">{lead}</p>
        </div>
        {children}
      </div>
    </main>
  );
}
