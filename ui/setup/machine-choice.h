/* SPDX-License-Identifier: Apache-2.0 */
/* The two lists of what this machine can: data types and accelerators.  What cannot be chosen stays
 * in the list, greyed out, with the reason. */
#pragma once

#include "engine/sweep/accelerators.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct NullcurveMachineChoice NullcurveMachineChoice;

/* The lists must outlive it; that of data types is filled already. */
NullcurveMachineChoice *nullcurve_machine_choice_new (GtkDropDown *dtype, GtkDropDown *accelerator);
void nullcurve_machine_choice_free (NullcurveMachineChoice *self);

/* What works here; NULL, and before that is told, only "Automatic" can be chosen.  What is chosen
 * has to be loaded anew. */
void nullcurve_machine_choice_set_backends (NullcurveMachineChoice *self,
                                            MoeAccelerators *backends);
/* NULL: not told yet; owned by the choice. */
MoeAccelerators *nullcurve_machine_choice_get_backends (NullcurveMachineChoice *self);

/* The accelerator that the options name, or "Automatic" where it is not there; and the options'
 * accelerator as it is chosen: a saved one is kept until it can be found in the list. */
void nullcurve_machine_choice_load (NullcurveMachineChoice *self, const MoeOptions *options);
void nullcurve_machine_choice_store (NullcurveMachineChoice *self, MoeOptions *options);

/* What the accelerator of the options stands for and how fast it is, as far as that is known;
 * `machine` is what is known for these options (NULL: nothing yet).  NULL: nothing to say; owned by
 * the caller. */
char *nullcurve_machine_choice_dup_note (NullcurveMachineChoice *self,
                                         const MoeOptions *options,
                                         const MoeAccelerator *machine);

/* Why a data type cannot be had here; NULL: it can, or nobody has looked. */
const char *nullcurve_machine_choice_get_dtype_reason (NullcurveMachineChoice *self,
                                                       MoeDtype dtype);

G_END_DECLS
