/* SPDX-License-Identifier: Apache-2.0 */
/* The list of what routing may come from, and the button that chooses a file for it.  What is
 * chosen is the distribution of the options, which may also be several; this only shows it and
 * changes it. */
#pragma once

#include "engine/options/options.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct NullcurveSourceChoice NullcurveSourceChoice;

/* Fills the list.  List and button must outlive it; the rows of the form (NullcurveFieldRow), which
 * are borrowed, show and hide with what is chosen.  `read (data)` is called when a file has been
 * read that was to be waited for. */
NullcurveSourceChoice *nullcurve_source_choice_new (GtkDropDown *list,
                                                    GtkButton *file,
                                                    const GPtrArray *rows,
                                                    void (*read) (gpointer data),
                                                    gpointer data);
void nullcurve_source_choice_free (NullcurveSourceChoice *self);

/* The options are others: that several were to be chosen is forgotten. */
void nullcurve_source_choice_reset (NullcurveSourceChoice *self);

/* Put what the list shows into the options.  FALSE, and nothing changes: a file has to be chosen
 * first, since the one that they name is none that was read. */
gboolean nullcurve_source_choice_store (NullcurveSourceChoice *self, MoeOptions *options);

/* From now on routing comes from this file, all of it: tokens, top-k and experts are what it says.
 * MOE_ERROR_INVALID, of the option "routing-file": its name is too long, or it cannot be read; the
 * options are then what they were. */
MoeStatus nullcurve_source_choice_take (NullcurveSourceChoice *self,
                                        const char *path,
                                        MoeDistribution distribution,
                                        MoeOptions *options,
                                        MoeError *error);

/* Is the file that the options name yet to be read?  It is then, on another thread, one file at a
 * time; when it has been, ask again. */
gboolean nullcurve_source_choice_waits (NullcurveSourceChoice *self, const MoeOptions *options);

/* Take tokens and top-k, and the experts of loads, from the file that the options name, if any; of
 * a trace there are at least as many experts as it needs.  Errors as moe_given_open (). */
MoeStatus
nullcurve_source_choice_read (NullcurveSourceChoice *self, MoeOptions *options, MoeError *error);

/* Show what the options say: the list, the file and what was read of it, and the rows that belong
 * to it. */
void nullcurve_source_choice_explain (NullcurveSourceChoice *self, const MoeOptions *options);

G_END_DECLS
