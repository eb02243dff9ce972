/* SPDX-License-Identifier: Apache-2.0 */
/* One field of a form: a title, its control beside or below, a line that explains it, and, when
 * its value cannot be used, the sentence that says why.
 *
 * In a template, plain children are put beside the title and `type="below"` ones under it.  The
 * title's mnemonic and accessible label belong to the first control added. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_FIELD_ROW (nullcurve_field_row_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveFieldRow, nullcurve_field_row, NULLCURVE, FIELD_ROW, AdwPreferencesRow)

GtkWidget *nullcurve_field_row_new (void);

/* Add a control beside the title, or below it, as a template's children are. */
void nullcurve_field_row_add (NullcurveFieldRow *self, GtkWidget *control, gboolean below);

/* NULL or "" hides the line. */
void nullcurve_field_row_set_note (NullcurveFieldRow *self, const char *note);
const char *nullcurve_field_row_get_note (NullcurveFieldRow *self);

/* The sentence at the field and its error style; NULL when the value is fine. */
void nullcurve_field_row_set_problem (NullcurveFieldRow *self, const char *problem);
const char *nullcurve_field_row_get_problem (NullcurveFieldRow *self);

G_END_DECLS
