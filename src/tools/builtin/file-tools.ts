/** The five tools that work on files of a chat. */
import type { FileToolOptions } from '../files/file-tool-options.ts';
import type { Tool } from '../tool.ts';
import { createEditFileTool } from './edit-file.ts';
import { createGlobTool } from './glob.ts';
import { createGrepTool } from './grep.ts';
import { createReadFileTool } from './read-file.ts';
import { createWriteFileTool } from './write-file.ts';

/** `read_file`, `write_file`, `edit_file`, `glob` and `grep`, behind one path guard. */
export function createFileTools(options: FileToolOptions): readonly Tool[] {
  return [
    createReadFileTool(options),
    createWriteFileTool(options),
    createEditFileTool(options),
    createGlobTool(options),
    createGrepTool(options),
  ];
}
