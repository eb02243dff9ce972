/* SPDX-License-Identifier: Apache-2.0 */
/* One field of a form: a title, its control beside or below, a line that explains it, and, when
 * its value cannot be used, the sentence that says why.
 *
 * A row with an option (property "option", its name without dashes) makes the control itself: a
 * switch, a list, check buttons or a number, as the option is, and takes it from and to options.
 * Numbers and lists are read as people type them (typed.h); what is none stays as it was typed.
 * Without a title it has the one of the table.  Numbers that are counted up get buttons with
 * property "step"; "factor" is what the field shows the value times.  Property "shows" names other
 * options, separated by spaces, whose faults are told here too.
 *
 * In a template, plain children are put beside the title, `type="first"` before the row's own
 * control, and `type="below"` under it.  The title's mnemonic and accessible label belong to the
 * first control.  Signal "changed": the own control holds something else. */
#pragma once

#include "engine/options/options.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_FIELD_ROW (nullcurve_field_row_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveFieldRow, nullcurve_field_row, NULLCURVE, FIELD_ROW, AdwPreferencesRow)

/* With the control of an option, which must be a row of the table; its title is plain. */
GtkWidget *nullcurve_field_row_new (const char *option, const char *title);

/* What the own control is of; NULL: there is none. */
const MoeOptionSpec *nullcurve_field_row_get_spec (NullcurveFieldRow *self);

/* The own control, a box of check buttons where several may be chosen; NULL: there is none. */
GtkWidget *nullcurve_field_row_get_control (NullcurveFieldRow *self);

/* Are faults of the option told here? */
gboolean nullcurve_field_row_shows (NullcurveFieldRow *self, const char *option);

/* The own control from options and to them; nothing without one.  Storing what is unusable is
 * FALSE, *error says why and *options stays as it is; a set without a choice is stored as such: the
 * check of the whole then says what is wrong. */
void nullcurve_field_row_load (NullcurveFieldRow *self, const MoeOptions *options);
gboolean nullcurve_field_row_store (NullcurveFieldRow *self, MoeOptions *options, MoeError *error);

/* As property "note"; NULL or "" hides the line. */
void nullcurve_field_row_set_note (NullcurveFieldRow *self, const char *note);

/* Does the option play no part now?  It is then greyed out, but can be edited. */
void nullcurve_field_row_set_idle (NullcurveFieldRow *self, gboolean idle);

/* The sentence at the field and its error style; NULL when the value is fine. */
void nullcurve_field_row_set_problem (NullcurveFieldRow *self, const char *problem);

G_END_DECLS
