/** The icon of a tool by its name; tools the console does not know get a wrench. */
import {
  Brain,
  Calculator,
  Clock,
  FileDown,
  FilePen,
  FilePlus,
  FileText,
  FolderSearch,
  Globe,
  ListTodo,
  type LucideIcon,
  NotebookPen,
  Package,
  Search,
  SquareTerminal,
  Wrench,
} from 'lucide-react';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  bash: SquareTerminal,
  read_file: FileText,
  write_file: FilePlus,
  edit_file: FilePen,
  glob: FolderSearch,
  grep: Search,
  todo_read: ListTodo,
  todo_write: ListTodo,
  get_current_time: Clock,
  compare_time: Clock,
  calculate: Calculator,
  web_fetch: Globe,
  web_search: Globe,
  read_memory: Brain,
  write_memory: NotebookPen,
  fetch_artifact: Package,
  export_chat: FileDown,
};

export function ToolIcon({ name }: { readonly name: string }) {
  const Icon = ICONS[name] ?? Wrench;
  return <Icon size={16} strokeWidth={1.5} aria-hidden="true" className="text-muted" />;
}
