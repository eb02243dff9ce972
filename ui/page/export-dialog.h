/* SPDX-License-Identifier: Apache-2.0 */
/* Asks how a chart is to be exported, and shows at once what would come of it.
 *
 * Signal "save": a person wants it in a file; the dialog stays open until whoever listens closes
 * it. */
#pragma once

#include <adwaita.h>

#include "ui/export/export-choice.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_EXPORT_DIALOG (nullcurve_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveExportDialog, nullcurve_export_dialog, NULLCURVE, EXPORT_DIALOG, AdwWindow)

/* Takes the figure over; `caption` may be NULL, which leaves no choice of one. */
GtkWidget *nullcurve_export_dialog_new (GtkWindow *parent,
                                        NullcurveFigure *figure,
                                        const char *caption,
                                        const NullcurveExportChoice *choice);

/* What is chosen now. */
void nullcurve_export_dialog_get_choice (NullcurveExportDialog *self,
                                         NullcurveExportChoice *choice);

/* The panel that is wanted alone; -1: all. */
gssize nullcurve_export_dialog_get_panel (NullcurveExportDialog *self);

/* What a person has typed as the title; NULL: it is that of the figure.  Owned by the caller. */
char *nullcurve_export_dialog_dup_title (NullcurveExportDialog *self);

G_END_DECLS
