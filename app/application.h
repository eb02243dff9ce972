/* SPDX-License-Identifier: Apache-2.0 */
/* The desktop application: one window for each process, files given on the command line laid
 * over its charts. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_APPLICATION (nullcurve_application_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveApplication, nullcurve_application, NULLCURVE, APPLICATION, AdwApplication)

NullcurveApplication *nullcurve_application_new (void);

G_END_DECLS
