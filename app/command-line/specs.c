/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/specs.h"

#include <glib/gi18n.h>
#include <string.h>

#define FIELD(member) G_STRUCT_OFFSET (NullcurveBenchArgs, member)
#define LOOK(member)  FIELD (look.member)

#define SWEEPS  N_ ("Sweeps")
#define RESULTS N_ ("Results")
#define CHARTS  N_ ("Charts")
#define PROGRAM N_ ("Program")

const char nullcurve_bench_shells[] = "bash|zsh|fish";
const char nullcurve_bench_progress_forms[] = "lines";

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
  { "scale-widths", "N",
    N_ ("with --matrix: divide its hidden and mlp-dim by N, for machines with little memory"),
    SWEEPS, FIELD (scale_widths_text) },
  { "resume", "FILE",
    N_ ("measure only what FILE lacks, which an earlier --csv wrote (or the window, as its run "
        "file); named with --csv too, a run that was stopped goes on when it is started again.  "
        "FILE - is "
        "standard input, up to a line with a dot alone"),
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
        "where both name it.  FILE - is standard output, for a program that reads the run as it "
        "grows: what is printed besides goes to standard error, and the run stops when nobody "
        "reads it any more or when standard input, if it is a pipe, ends"),
    RESULTS, FIELD (journal) },
  { "chart", "FILE",
    N_ ("draw the chart, of what is measured or, without measuring, of the FILEs named; FILE ends "
        "in .png, .svg or .pdf"),
    RESULTS, FIELD (chart) },
  { "plot", NULL,
    N_ ("print the chart as text, of what is measured or, without measuring, of the FILEs named: "
        "as "
        "wide as COLUMNS says or the terminal is, in colour on a terminal unless NO_COLOR is set"),
    RESULTS, FIELD (plot) },
  { "report", "FILE",
    N_ ("write the report, of what is measured or, without measuring, of the FILEs named; FILE "
        "ends in .md or .html"),
    RESULTS, FIELD (report) },
  { "table", NULL,
    N_ ("print the points as an aligned table, of what is measured or, without measuring, of the "
        "FILEs named"),
    RESULTS, FIELD (table) },
  { "logbook", NULL,
    N_ ("print the logbook's tables as Markdown, of what is measured or, without measuring, of the "
        "FILEs named, where --topk chooses the top-k of table (b)"),
    RESULTS, FIELD (logbook) },
  { "compare", NULL, N_ ("print how the points of the second of two FILEs differ from the first's"),
    RESULTS, FIELD (compare) },
  { "convert", NULL,
    N_ ("make Nullcurve CSV of the FILEs named and say what is left out and what they do not "
        "tell: on standard output, or where --csv says, which is a folder for several files"),
    RESULTS, FIELD (convert) },
  { "of", "FILE...",
    N_ ("read these files instead of measuring: Nullcurve CSV, harness logs, tables of the logbook "
        "and journals; the same as naming them without it"),
    RESULTS, FIELD (files), .is_file = TRUE },
  { "dump-tensors", "DIR",
    N_ ("write tensors and gradients as NPY files, to check a point elsewhere"), RESULTS,
    FIELD (dump_dir) },
  { "trace-dir", "DIR",
    N_ ("write into DIR, as a trace that Perfetto opens, what every thread did in one more step of "
        "each point"),
    RESULTS, FIELD (trace_dir) },
  { "chart-view", "throughput|where|efficiency|stages|load",
    N_ ("what the chart shows: tokens/s and TF/s; what eats the rest of one step; speed-up, null "
        "efficiency and share of the "
        "roofline; where the time of a curve goes; what routing gives its experts (default "
        "throughput)"),
    CHARTS, LOOK (view) },
  { "chart-scale", "absolute|relative|baseline",
    N_ ("what throughput is divided by: nothing, the f = 0 of the same curve, or the first run's "
        "matching point (default absolute)"),
    CHARTS, LOOK (scale) },
  { "chart-facets", "none|shape|topk", N_ ("draw a chart for each shape or top-k (default none)"),
    CHARTS, LOOK (facets) },
  { "chart-along", "fraction|tokens|experts|topk|capacity|step",
    N_ ("what throughput stands against: the null fraction, or of the rows at f = 0 a size of the "
        "block or the capacity factor, as published rows vary it; step is tokens too, for the time "
        "of "
        "a step, the experts it touches and its bytes per second (default fraction)"),
    CHARTS, LOOK (along) },
  { "chart-x-ideal", NULL,
    N_ ("place null fractions by the speed-up that they would ideally give; with --chart-log-y the "
        "ideal is a straight line"),
    CHARTS, LOOK (x_ideal) },
  { "chart-x-experts", NULL,
    N_ ("place points by the experts that a token keeps, k (1 - f): where cost is by the slot, "
        "curves of one shape meet"),
    CHARTS, LOOK (x_experts) },
  { "chart-log-y", NULL, N_ ("logarithmic vertical axes"), CHARTS, LOOK (log_y) },
  { "chart-limits", NULL,
    N_ ("draw the roofline bound of each curve of the run in hand, and the machine's dense matmul "
        "rate"),
    CHARTS, LOOK (limits) },
  { "chart-run", "N",
    N_ ("the run in hand, counted from 1: its curves are drawn stronger, and the views of one "
        "curve are of it (default the last)"),
    CHARTS, LOOK (run) },
  { "chart-curve", "N|LABEL",
    N_ ("of where, stages and load: which curve of the run in hand, counted from 1 or as the "
        "legend calls "
        "it (default 1)"),
    CHARTS, LOOK (curve) },
  { "chart-phase", "all|forward|backward", N_ ("of stages: which of them (default all)"), CHARTS,
    LOOK (phase) },
  { "chart-stage-scale", "slot|token|excess",
    N_ ("of stages: time for each slot that is kept, so that what rises with f eats the rest; for "
        "each token; or what of it stands above the ideal (default slot)"),
    CHARTS, LOOK (stage_scale) },
  { "chart-load-scale", "experts|cost|throughput",
    N_ ("of load: what experts and tokens get; what uneven loads cost; or throughput against the "
        "fullest expert over the mean, over all points (default experts)"),
    CHARTS, LOOK (load_scale) },
  { "chart-what-if", "nothing|fixed-halved|weights-once",
    N_ ("draw faintly what throughput and efficiency would be if the part of a step that no null "
        "slot removes were halved, or if weights were read once for the forward and once for the "
        "row gradients: computed, not measured (default nothing)"),
    CHARTS, LOOK (what_if) },
  { "chart-at", "F",
    N_ ("of where: the null fraction whose step is taken apart; the nearest measured one is taken "
        "(default the largest)"),
    CHARTS, LOOK (at) },
  { "chart-size", "column|columns|slide|WxH",
    N_ ("size and letters: one column of a paper (3.35x3.6 inches), both (7x4.5), a slide "
        "(13.33x7.5), or width and height in inches (default columns)"),
    CHARTS, LOOK (size) },
  { "chart-letters", "POINTS", N_ ("size of the letters, 3 to 75 points"), CHARTS, LOOK (letters) },
  { "chart-dpi", "N", N_ ("dots per inch of a PNG, 24 to 1200 (default 300)"), CHARTS, LOOK (dpi) },
  { "chart-look", "print|light|dark",
    N_ ("colours: black on white, or the window's (default print)"), CHARTS, LOOK (look) },
  { "chart-caption", "machine|TEXT",
    N_ ("write below the chart what measured each run, where and when (machine), or this TEXT"),
    CHARTS, LOOK (caption) },
  { "chart-no-title", NULL, N_ ("leave out the title"), CHARTS, LOOK (no_title) },
  { "chart-no-legend", NULL, N_ ("leave out the legend"), CHARTS, LOOK (no_legend) },
  { "calibrate", NULL,
    N_ ("measure anew what every accelerator of this machine can do, for --dtype and --threads, "
        "and print it; best while nothing else runs"),
    PROGRAM, FIELD (asks.calibrate) },
  { "on", "HOST",
    N_ ("measure on another machine that ssh reaches without asking, a name of its configuration "
        "or user@host: the run arrives sample by sample, and what it is made into is made here"),
    PROGRAM, FIELD (place.on) },
  { "through", "COMMAND",
    N_ ("the same through a command that runs what follows it somewhere else, in one word, as "
        "\"srun -p gpu -G 1\", \"podman exec -i box\" or \"mpirun -n 4\""),
    PROGRAM, FIELD (place.through) },
  { "there", "PATH",
    N_ ("with --on or --through: the nullcurve-bench of that place (default nullcurve-bench, as it "
        "is found there)"),
    PROGRAM, FIELD (place.there) },
  { "facts", NULL,
    N_ ("print what this machine is as lines of key=value for a program: processors, memory, "
        "accelerators with what they compute in or why not, and what --calibrate found"),
    PROGRAM, FIELD (asks.facts) },
  { "forecast", NULL,
    N_ ("print what the sweep would take as lines of key=value for a program, memory and seconds, "
        "and measure nothing"),
    PROGRAM, FIELD (asks.forecast) },
  { "progress", nullcurve_bench_progress_forms,
    N_ ("tell how far the run is as lines on standard error that a program can read, \"progress\" "
        "and key=value, instead of one line that changes where that is a terminal"),
    PROGRAM, FIELD (progress) },
  { "lang", "CODE",
    N_ ("the language of sentences, tables and reports, as de; otherwise that of the locale. Lines "
        "that programs read stay as they are: RESULT and all lines in the form of the published "
        "harness, CSV, traces and the manual page"),
    PROGRAM, FIELD (language) },
  { "help", NULL, N_ ("print this help"), PROGRAM, FIELD (help) },
  { "version", NULL, N_ ("print the version"), PROGRAM, FIELD (version) },
  { "help-man", NULL, "print the manual page", NULL, FIELD (help_man) },
  { "help-completion", nullcurve_bench_shells, "print what a shell reads to complete options", NULL,
    FIELD (help_completion) },
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
