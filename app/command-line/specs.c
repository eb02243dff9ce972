/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/specs.h"

#include <glib/gi18n.h>
#include <string.h>

#define FIELD(member) G_STRUCT_OFFSET (NullcurveBenchArgs, member)

#define SWEEPS  N_ ("Sweeps")
#define RESULTS N_ ("Results")
#define PROGRAM N_ ("Program")

static const NullcurveBenchSpec specs[] = {
  { "preset", "NAME",
    N_ ("take shape and top-k from a preset, and fused_w13 on random routing; options given beside "
        "it win"),
    SWEEPS, FIELD (preset) },
  { "matrix", "logbook|modes",
    N_ ("measure the published experiment in one go: logbook is 3 shapes x top-k 2, 4, 8 x null "
        "fractions 0 to 0.9, modes is the same for independent and take_until_null; starts from "
        "forward_backward, bfloat16, fused_w13, random, --iters 3 (modes: 9 in 3 starts) and "
        "--warmup 1, and options given beside it win"),
    SWEEPS, FIELD (matrix_name) },
  { "scale", "N", N_ ("with --matrix: divide its tokens by N, for small machines"), SWEEPS,
    FIELD (scale_text) },
  { "resume", "FILE",
    N_ ("measure only what FILE lacks, which an earlier --csv wrote (or the window, as its run "
        "file); named with --csv too, a run that was stopped goes on when it is started again"),
    SWEEPS, FIELD (resume) },
  { "versus", "OPTIONS",
    N_ ("measure a second setup beside the first, in the same rounds, and compare the two: the "
        "options in which it differs, in one word, as \"--null-routing-mode router\"; both are "
        "printed, drawn and reported; where both do not fit into memory at once they take turns, "
        "start by start; starts are 3 unless --starts says otherwise, and --until-settled looks at "
        "the ratio of the two only"),
    SWEEPS, FIELD (versus), .is_options = TRUE },
  { "csv", "FILE",
    N_ ("write the points with every sample as Nullcurve CSV; with --versus those of the second "
        "setup into a file of their own, points.csv and points.versus.csv"),
    RESULTS, FIELD (csv) },
  { "journal", "FILE",
    N_ ("write every sample into FILE as it is taken, so that a crash loses none but the one in "
        "progress; otherwise the journal goes into the run library, nullcurve/runs in the user's "
        "data folder, where the window lists it.  --resume goes on with it, and in the same file "
        "where both name it"),
    RESULTS, FIELD (journal) },
  { "chart", "FILE", N_ ("draw the chart; FILE ends in .png, .svg or .pdf"), RESULTS,
    FIELD (chart) },
  { "report", "FILE",
    N_ ("write the report, of what is measured or, without measuring, of the FILEs named; FILE "
        "ends in .md or .html"),
    RESULTS, FIELD (report) },
  { "table", NULL, N_ ("print the points as an aligned table at the end"), RESULTS, FIELD (table) },
  { "logbook", NULL,
    N_ ("print the logbook's tables as Markdown, of what is measured or, without measuring, of the "
        "FILEs named, where --topk chooses the top-k of table (b)"),
    RESULTS, FIELD (logbook) },
  { "compare", NULL, N_ ("print how the points of the second of two FILEs differ from the first's"),
    RESULTS, FIELD (compare) },
  { "dump-tensors", "DIR",
    N_ ("write tensors and gradients as NPY files, to check a point elsewhere"), RESULTS,
    FIELD (dump_dir) },
  { "trace-dir", "DIR",
    N_ ("write into DIR, as a trace that Perfetto opens, what every thread did in one more step of "
        "each point"),
    RESULTS, FIELD (trace_dir) },
  { "calibrate", NULL,
    N_ ("measure anew what every accelerator of this machine can do, for --dtype and --threads, "
        "and print it; best while nothing else runs"),
    PROGRAM, FIELD (calibrate) },
  { "lang", "CODE",
    N_ ("the language of sentences, tables and reports, as de; otherwise that of the locale. Lines "
        "that programs read stay as they are: RESULT and all lines in the form of the published "
        "harness, CSV, traces and the manual page"),
    PROGRAM, FIELD (language) },
  { "help", NULL, N_ ("print this help"), PROGRAM, FIELD (help) },
  { "version", NULL, N_ ("print the version"), PROGRAM, FIELD (version) },
  { "help-man", NULL, "print the manual page", NULL, FIELD (help_man) },
};

const NullcurveBenchSpec *
nullcurve_bench_specs (gsize *n)
{
  *n = G_N_ELEMENTS (specs);
  return specs;
}

const NullcurveBenchSpec *
nullcurve_bench_spec_find (const char *name)
{
  g_autofree char *wanted = g_strdelimit (g_strdup (name), "_", '-');
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    if (strcmp (specs[i].name, wanted) == 0)
      return &specs[i];
  return NULL;
}
