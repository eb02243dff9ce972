/* SPDX-License-Identifier: Apache-2.0 */
/* The manual page, made from the tables that parsing and --help use. */
#include <string.h>

#include "app/command-line/man.h"

#include "app/command-line/help.h"

/* Text as roff reads it: a backslash and a minus have their escapes, a line must not begin with a
 * point or an apostrophe. */
static void
append_text (GString *out, const char *text)
{
  gboolean line_start = out->len == 0 || out->str[out->len - 1] == '\n';
  if (line_start && (*text == '.' || *text == '\''))
    g_string_append (out, "\\&");
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '\\')
      g_string_append (out, "\\e");
    else if (*c == '-')
      g_string_append (out, "\\-");
    else if (*c == '|')
      g_string_append (out, "|\\:"); /* a long list of choices may break here */
    else
      g_string_append_c (out, *c);
}

static void
append_option (GString *out, const char *name, const char *value, const char *help)
{
  g_string_append (out, ".TP\n\\fB\\-\\-");
  append_text (out, name);
  g_string_append (out, "\\fR");
  if (value != NULL)
    {
      g_string_append (out, " \\fI");
      append_text (out, value);
      g_string_append (out, "\\fR");
    }
  g_string_append_c (out, '\n');
  append_text (out, help);
  g_string_append_c (out, '\n');
}

static void
append_group (GString *out, const char **group, const char *name)
{
  if (*group == NULL || strcmp (*group, name) != 0)
    g_string_append_printf (out, ".SS %s\n", name);
  *group = name;
}

static void
append_options (GString *out)
{
  gsize n, n_own;
  const char *group = NULL;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  const NullcurveBenchSpec *own = nullcurve_bench_specs (&n_own);
  g_string_append (out, ".SH OPTIONS\n");
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *help = nullcurve_bench_describe_option (&specs[i]);
      append_group (out, &group, specs[i].group);
      append_option (out, specs[i].name, specs[i].value, help);
    }
  for (gsize i = 0; i < n_own; i++)
    if (own[i].group != NULL)
      {
        append_group (out, &group, own[i].group);
        append_option (out, own[i].name, own[i].value, own[i].help);
      }
}

static const char head[] =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Made by \"nullcurve-bench --help-man\"; change the tables that it reads instead.\n"
    ".TH NULLCURVE\\-BENCH 1 \"\" \"Nullcurve " NULLCURVE_VERSION "\" \"User Commands\"\n"
    ".nh\n"
    ".ad l\n"
    ".SH NAME\n"
    "nullcurve\\-bench \\- measure what null routing buys in a Mixture\\-of\\-Experts block\n"
    ".SH SYNOPSIS\n"
    ".B nullcurve\\-bench\n"
    "[\\fIOPTION\\fR]...\n"
    ".br\n"
    ".B nullcurve\\-bench \\-\\-table \\-\\-plot\n"
    ".IR FILE ...\n"
    ".br\n"
    ".B nullcurve\\-bench \\-\\-logbook\n"
    ".IR FILE ...\n"
    ".br\n"
    ".B nullcurve\\-bench \\-\\-chart\n"
    ".I CHART FILE\\fR...\n"
    ".br\n"
    ".B nullcurve\\-bench \\-\\-report\n"
    ".I REPORT FILE\\fR...\n"
    ".br\n"
    ".B nullcurve\\-bench \\-\\-compare\n"
    ".I FILE FILE\n"
    ".br\n"
    ".B nullcurve\\-bench \\-\\-convert\n"
    ".IR FILE ...\n"
    "[\\fB\\-\\-csv\\fR \\fITARGET\\fR]\n"
    ".SH DESCRIPTION\n"
    "Measures a token\\-choice Mixture\\-of\\-Experts block in which a share of the routed slots "
    "goes\n"
    "to no expert, and prints one RESULT line for each point as the published harness does.\n"
    "A point is a shape, a top\\-k, a null fraction and a way to compute; options that name "
    "several\n"
    "values are multiplied out into a sweep.\n"
    "The points of a sweep that differ in the null fraction only are measured in turn, round by\n"
    "round, so that drift of the machine hits all of them alike.\n"
    ".PP\n"
    "Before anything is measured the program tells the memory, work and time that it will take,\n"
    "and refuses what does not fit.\n"
    "The results of every point are checked against a reference in double precision.\n"
    ".PP\n"
    "Options are \\fB\\-\\-name\\fR \\fIVALUE\\fR or \\fB\\-\\-name=\\fIVALUE\\fR; names may be "
    "written\n"
    "with _ for \\-.\n"
    "When files are named, nothing is measured: they are read, and their tables, their chart, "
    "their\n"
    "report or their comparison is made.\n"
    "Files stand anywhere among the options, or after \\fB\\-\\-of\\fR.\n";

static const char output[] =
    ".SH OUTPUT\n"
    "Lines of \\fIkey\\fR=\\fIvalue\\fR words on standard output, as the published harness prints "
    "them:\n"
    ".TP\n"
    "\\fBdevices=\\fR\n"
    "what computes.\n"
    ".TP\n"
    "\\fBshape\\fR\n"
    "every option with its value, before the points of each sweep.\n"
    ".TP\n"
    "\\fB[note]\\fR\n"
    "an option that changes nothing beside the others, or points that were carried over.\n"
    ".TP\n"
    "\\fB[random]\\fR, \\fB[runs]\\fR\n"
    "time and rates of a point, runs of tokens, loads of the experts, capacity, null slots and,\n"
    "with \\fB\\-\\-stage\\-timing\\fR, stages.\n"
    ".TP\n"
    "\\fBRESULT\\fR\n"
    "one point.\n"
    ".TP\n"
    "\\fBRESULT_SUMMARY\\fR\n"
    "comes at the end of several points; the RESULT lines after it are repeats.\n"
    ".PP\n"
    "Forecast, warnings, advice and, on a terminal, progress go to standard error.\n"
    ".SH FOR PROGRAMS\n"
    "What another program reads keeps its meaning while \\fBnullcurve\\-interface\\fR is 1; keys "
    "may\n"
    "be added.\n"
    "What is not known has no line.\n"
    ".TP\n"
    "\\fB\\-\\-journal \\-\\fR\n"
    "the run file, as it grows, alone on standard output.\n"
    "After its \\fBend\\fR, facts of the whole run may follow.\n"
    ".TP\n"
    "\\fB\\-\\-progress lines\\fR\n"
    "\\fBprogress\\fR and \\fBphase\\fR (check, setup, quiet, warmup, measure, done), "
    "\\fBshare\\fR "
    "of the\n"
    "whole, \\fBtopk\\fR and \\fBf\\fR of the point, \\fBsamples\\fR \\fBof\\fR how many, "
    "\\fBsettled\\fR points of\n"
    "those \\fBto_settle\\fR, \\fBleft_s\\fR seconds: on standard error, at most ten a second but "
    "for "
    "another\n"
    "phase.\n"
    "With \\fB\\-\\-journal \\-\\fR, a line \\fBpause\\fR on standard input lets the run stand "
    "still "
    "before its\n"
    "next sample, which the phase paused tells, and \\fBcontinue\\fR lets it go on; ranks of MPI "
    "do "
    "not pause.\n"
    ".TP\n"
    "\\fB\\-\\-facts\\fR\n"
    "\\fBnullcurve\\-interface\\fR, \\fBversion\\fR, \\fBhost\\fR, \\fBos\\fR, \\fBkernel\\fR, "
    "\\fBcpu\\fR, \\fBcores\\fR,\n"
    "\\fBphysical_cores\\fR, \\fBnuma_nodes\\fR, \\fBmemory\\fR, \\fBgovernor\\fR, "
    "\\fBthreads\\fR (the usual number),\n"
    "\\fBmemory_available_bytes\\fR, \\fBaccelerators\\fR (names, with commas between them), and "
    "of "
    "each\n"
    "\\fBaccelerator.\\fINAME\\fB.title\\fR, \\fB.device\\fR, and for each data type "
    "\\fB.\\fIDTYPE\\fR (yes or\n"
    "no), \\fB.\\fIDTYPE\\fB.reason\\fR why not, or of what \\fB\\-\\-calibrate\\fR found\n"
    "\\fB.peak_flop_per_s\\fR, \\fB.dense_flop_per_s\\fR, \\fB.read_byte_per_s\\fR,\n"
    "\\fB.write_byte_per_s\\fR and \\fB.disturbed\\fR; and of every option that says what is "
    "measured\n"
    "\\fBoption.\\fINAME\\fR, its values.\n"
    ".TP\n"
    "\\fB\\-\\-forecast\\fR\n"
    "\\fBnullcurve\\-interface\\fR, \\fBversion\\fR, \\fBaccelerator\\fR, "
    "\\fBaccelerator_why\\fR, \\fBthreads\\fR,\n"
    "\\fBforecasts\\fR (how many sweeps), and of each \\fBforecast.\\fIN\\fB.shape\\fR, "
    "\\fB.points\\fR,\n"
    "\\fB.points_to_measure\\fR, \\fB.memory_bytes\\fR, \\fB.routing_bytes\\fR, "
    "\\fB.available_bytes\\fR,\n"
    "\\fB.flop\\fR, \\fB.time_s\\fR, \\fB.time_least_s\\fR, \\fB.time_most_s\\fR, \\fB.fits\\fR "
    "and, where it does\n"
    "not, \\fB.reason\\fR.\n"
    ".SH FILES\n"
    ".TP\n"
    "The file of \\fB\\-\\-csv\\fR\n"
    "grows with every point, is replaced as a whole each time, and can be named by\n"
    "\\fB\\-\\-resume\\fR.\n"
    "Points are taken over with their samples; what is measured again is a whole group, all\n"
    "fractions of one top\\-k, implementation, distribution and queue mode, when any of its points "
    "lacks\n"
    "samples, since samples of one group are paired.\n"
    "Another processor, backend, dtype, number of threads or option that changes the numbers is\n"
    "refused.\n"
    "Points that the sweep does not ask for stay in the file.\n"
    ".TP\n"
    ".I nullcurve\\-YYYYMMDD\\-HHMMSS.json\n"
    "in the folder of \\fB\\-\\-trace\\-dir\\fR: the trace of one run, for Perfetto.\n"
    ".TP\n"
    ".I $XDG_DATA_HOME/nullcurve/runs/*.journal\n"
    "the run library: every run that was not given a \\fB\\-\\-journal\\fR, sample by sample, "
    "also\n"
    "those that were stopped or killed.\n"
    ".TP\n"
    ".I $XDG_CACHE_HOME/nullcurve/machine.ini\n"
    "what was measured once about this machine, for the forecast.\n";

/* What the program asks its environment. */
static const struct
{
  const char *names;
  const char *help;
} variables[] = {
  { "NULLCURVE_DATA_DIR",
    "The folder with presets and published rows, instead of that of the installation." },
  { "NULLCURVE_LOCALE_DIR", "The folder with the translations, likewise." },
  { "NULLCURVE_BACKEND_DIR",
    "The folder with the modules of accelerators and of MPI, likewise.  Files there and the "
    "folders "
    "above them must be owned by root or by the user, and writable by nobody else." },
  { "NULLCURVE_CUDA_GROUPED",
    "Of the cuda accelerator: with 0 its own grouped kernel is never taken, with 1 wherever it may "
    "be; otherwise the faster way is." },
  { "OPENBLAS_CORETYPE", "The kernels that OpenBLAS takes, instead of those that it chooses by the "
                         "processor.  Runs tell "
                         "it, and a report warns of it." },
  { "LD_LIBRARY_PATH", "Where the libraries of a card and of its driver are looked for first." },
  { "LANGUAGE, LC_ALL, LC_MESSAGES, LANG", "The language, unless --lang tells one." },
  { "TERM", "Where it is dumb or not set, no line of progress is shown." },
  { "COLUMNS", "The width of a chart in text, instead of the terminal's." },
  { "NO_COLOR", "Where it is set, a chart in text has no colours." },
  { "XDG_DATA_HOME", "The folder with the run library; otherwise ~/.local/share." },
  { "XDG_CACHE_HOME", "The folder of what is known about the machine; otherwise ~/.cache." },
  { "OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE, PMI_RANK, PMI_SIZE, PMIX_RANK, "
    "SLURM_STEP_NUM_TASKS",
    "Set by what starts several ranks: which of how many this process is." },
};

static void
append_environment (GString *out)
{
  g_string_append (out, ".SH ENVIRONMENT\n");
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_string_append (out, ".TP\n.B ");
      append_text (out, variables[i].names);
      g_string_append_c (out, '\n');
      append_text (out, variables[i].help);
      g_string_append_c (out, '\n');
    }
}

static const char closing[] =
    ".SH EXIT STATUS\n"
    ".TP\n"
    ".B 0\n"
    "All points were measured and agree with the reference.\n"
    ".TP\n"
    ".B 1\n"
    "Something failed, a result disagreed with the reference, or a sweep of a matrix did not fit\n"
    "into memory; points that were measured are kept.\n"
    ".TP\n"
    ".B 2\n"
    "The request was refused before anything was begun.\n"
    ".TP\n"
    ".B 130\n"
    "Stopped by Ctrl\\-C (143 by SIGTERM, 129 by SIGHUP); points that were measured are kept.\n"
    ".SH EXAMPLES\n"
    "The Quick sweep, as the window sets it up:\n"
    ".PP\n"
    ".EX\n"
    "nullcurve\\-bench \\-\\-preset Quick \\-\\-null\\-route\\-sweep \\-\\-baseline \\-\\-table "
    "\\-\\-plot\n"
    ".EE\n"
    ".PP\n"
    "The published experiment on a small machine; started again, it goes on where it was stopped:\n"
    ".PP\n"
    ".EX\n"
    "nullcurve\\-bench \\-\\-matrix logbook \\-\\-scale 16 \\-\\-csv m.csv \\-\\-resume m.csv \\e\n"
    "  \\-\\-report m.html\n"
    ".EE\n"
    ".PP\n"
    "A slide of what two runs gain by null routing, and where the time of the second goes:\n"
    ".PP\n"
    ".EX\n"
    "nullcurve\\-bench \\-\\-chart gain.pdf \\-\\-chart\\-view efficiency \\-\\-chart\\-size slide "
    "\\e\n"
    "  \\-\\-of before.csv after.csv\n"
    "nullcurve\\-bench \\-\\-chart stages.svg \\-\\-chart\\-view stages \\-\\-of before.csv "
    "after.csv\n"
    ".EE\n"
    ".PP\n"
    "A report of two runs, and what differs between them:\n"
    ".PP\n"
    ".EX\n"
    "nullcurve\\-bench \\-\\-report both.html before.csv after.csv\n"
    "nullcurve\\-bench \\-\\-compare before.csv after.csv\n"
    ".EE\n"
    ".PP\n"
    "Logs of the published harness as CSV, each in a file of its own in the folder "
    "\\fItables\\fR:\n"
    ".PP\n"
    ".EX\n"
    "nullcurve\\-bench \\-\\-convert \\-\\-csv tables \\-\\-of v5p.log v6e.log\n"
    ".EE\n"
    ".PP\n"
    "To complete options in the shell at hand, where the package did not see to it:\n"
    ".PP\n"
    ".EX\n"
    "nullcurve\\-bench \\-\\-help\\-completion bash > completion; . ./completion\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR nullcurve (1),\n"
    ".BR mpirun (1)\n"
    ".PP\n"
    "\\(lqNull\\-Routed MoE Benchmark: Research Logbook\\(rq\n"
    "(https://github.com/marin\\-community/marin/issues/2844)\n";

GString *
nullcurve_bench_man (void)
{
  GString *out = g_string_new (head);
  append_options (out);
  g_string_append (out, output);
  append_environment (out);
  g_string_append (out, closing);
  return out;
}
