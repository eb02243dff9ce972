/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line can ask for: the engine's options, which say what is measured, and the
 * program's own, which say in which sweeps and where results go. */
#pragma once

#include <glib.h>

#include "app/command-line/chart.h"
#include "engine/options/matrix.h"
#include "engine/options/options.h"

G_BEGIN_DECLS

/* An engine option as the command line gave it. */
typedef struct NullcurveBenchGiven
{
  const MoeOptionSpec *spec;
  const char *value; /* NULL for a flag; within argv */
} NullcurveBenchGiven;

typedef struct NullcurveBenchSpec NullcurveBenchSpec;

/* Where it is measured, as given; all NULL: here. */
typedef struct NullcurveBenchPlace
{
  char *on;      /* host */
  char *through; /* command */
  char *there;   /* path of the program */
} NullcurveBenchPlace;

/* What is done instead of measuring the sweep. */
typedef struct NullcurveBenchAsks
{
  gboolean calibrate; /* measure the machine */
  gboolean facts;     /* tell the machine */
  gboolean forecast;  /* tell what the sweep would take */
} NullcurveBenchAsks;

typedef struct NullcurveBenchArgs
{
  MoeOptions options;            /* of the sweep; with a matrix, what its sweeps have in common */
  gboolean has_matrix;           /* --matrix was given */
  MoeMatrix matrix;              /* meaningful with has_matrix */
  MoeMatrixScale scale;          /* what the matrix is divided by; 1 where nothing is given */
  char *preset;                  /* NULL: none */
  char *matrix_name;             /* as given, or NULL */
  char *scale_text;              /* as given, or NULL */
  char *scale_widths_text;       /* as given, or NULL */
  char *resume;                  /* path, or NULL */
  char *versus;                  /* changes that make the second of two setups, as given, or NULL */
  MoeOptions versus_options;     /* of the second setup; meaningful with versus */
  char *csv;                     /* path, or NULL */
  char *journal;                 /* path, or NULL: in the run library */
  char *chart;                   /* path, or NULL */
  NullcurveBenchChart look;      /* how charts are to look, as given */
  NullcurveBenchDrawing drawing; /* what that means */
  gboolean plot;                 /* print the chart as text */
  char *report;                  /* path, or NULL */
  char *dump_dir;                /* path, or NULL */
  char *trace_dir;               /* path, or NULL */
  gboolean logbook;              /* print the logbook's tables */
  gsize gain_topk;  /* of table (b), when files are read; 0: the largest that has rows */
  gboolean compare; /* compare two files */
  gboolean convert; /* make Nullcurve CSV of files */
  GPtrArray *files; /* of char *: files to read instead of measuring */
  char *progress;   /* "lines", or NULL */
  NullcurveBenchPlace place;
  char *language; /* as given, or NULL; the front has heeded it */
  gboolean table; /* print the points as a table for people */
  NullcurveBenchAsks asks;
  gboolean help;         /* --help */
  gboolean help_man;     /* --help-man */
  char *help_completion; /* a shell, or NULL */
  gboolean version;      /* --version */
  char *command_line;    /* as it was given, quoted for a shell */
  GArray *given;         /* of NullcurveBenchGiven: engine options in the order given */
  GArray *versus_given;  /* the same of versus, without their values */
  GPtrArray *own;        /* of const NullcurveBenchSpec *: the program's own, in that order */
  GPtrArray *notes;      /* of char *: sentences about what of it changes nothing */
} NullcurveBenchArgs;

/* One of the program's own options. */
struct NullcurveBenchSpec
{
  const char *name;
  const char *value; /* placeholder; NULL for a flag */
  const char *help;
  const char *group; /* heading in help; NULL: for those who build the program, not told by help */
  gsize offset;      /* of the field in NullcurveBenchArgs: char *, or gboolean for a flag */
  gboolean is_options; /* the value is options itself, dashes and all */
  gboolean is_file;    /* the value is one of the files; the field is their list */
};

/* Shells there is a completion for: "bash|zsh|fish", as --help-completion takes them. */
extern const char nullcurve_bench_shells[];

/* How --progress can tell it. */
extern const char nullcurve_bench_progress_forms[];

/* The table, groups together.  Static storage. */
const NullcurveBenchSpec *nullcurve_bench_specs (gsize *n);

/* The row with this name (either spelling, - or _), or NULL. */
const NullcurveBenchSpec *nullcurve_bench_spec_find (const char *name);

G_END_DECLS
