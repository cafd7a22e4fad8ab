import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { html } from "./html.ts";
import type { Report } from "./summary.ts";

/** Where a report is written, by the option that asked for it. */
export interface ReportFiles {
  readonly json: string | undefined;
  readonly html: string | undefined;
}

/** In one line why a file cannot be written, before a run is made for it. */
export function whyUnwritable(files: ReportFiles): string | undefined {
  for (const option of ["json", "html"] as const) {
    const file = files[option];
    if (file === undefined) continue;
    try {
      const found = statSync(file, { throwIfNoEntry: false });
      if (found?.isDirectory()) return `--${option} ${file}: this is a folder: give the name of a file`;
      accessSync(found === undefined ? dirname(file) : file, constants.W_OK);
    } catch (error) {
      return `--${option} ${file}: it cannot be written: ${(error as Error).message}`;
    }
  }
  return undefined;
}

export function writeReports(report: Report, files: ReportFiles): void {
  if (files.json !== undefined) writeFileSync(files.json, `${JSON.stringify(report, null, 2)}\n`);
  if (files.html !== undefined) writeFileSync(files.html, html(report));
}
