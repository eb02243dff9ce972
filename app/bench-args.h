/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of nullcurve-bench: the engine's options, which say what is measured, and the
 * program's own, which say where results go. */
#pragma once

#include <glib.h>

#include "engine/bench/options.h"

G_BEGIN_DECLS

typedef struct NullcurveBenchArgs
{
  MoeOptions options;
  char *preset;     /* NULL: none */
  char *csv;        /* path, or NULL */
  char *chart;      /* path, or NULL */
  char *dump_dir;   /* path, or NULL */
  gboolean logbook; /* print the logbook's tables */
  GPtrArray *files; /* of char *: files to print them from, instead of measuring */
  gboolean table;   /* print the points as a table for people */
  gboolean help;
  gboolean version;
  char *command_line; /* as it was given, quoted for a shell */
} NullcurveBenchArgs;

/* One of the program's own options. */
typedef struct NullcurveBenchSpec
{
  const char *name;
  const char *value; /* placeholder; NULL for a flag */
  const char *help;  /* NULL: not in this version, refused with a sentence */
  gsize offset;      /* of the field in NullcurveBenchArgs: char *, or gboolean for a flag */
} NullcurveBenchSpec;

const NullcurveBenchSpec *nullcurve_bench_specs (gsize *n);

/* Read the arguments; does not validate combinations of the engine's options.  On success the
 * caller clears *args.  On failure *args is cleared and *error is NULLCURVE_BENCH_ERROR_REFUSED
 * with a sentence that names the option. */
gboolean
nullcurve_bench_args_parse (int argc, char **argv, NullcurveBenchArgs *args, GError **error);
void nullcurve_bench_args_clear (NullcurveBenchArgs *args);

/* --help */
GString *nullcurve_bench_help (void);

G_END_DECLS
