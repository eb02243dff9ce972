/* SPDX-License-Identifier: Apache-2.0 */
/* What was done and can be taken back, and what was taken back and can be done again. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_UNDO_STACK (nullcurve_undo_stack_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveUndoStack, nullcurve_undo_stack, NULLCURVE, UNDO_STACK, GObject)

/* Signal "changed": what can be undone or redone is another. */

/* Do (`forward`) or take back. */
typedef void (*NullcurveUndoFunc) (gpointer data, gboolean forward);

NullcurveUndoStack *nullcurve_undo_stack_new (void);

/* Do a step now and remember it; what had been taken back is forgotten, and so is the oldest of
 * more than a hundred steps.  `label` names it, as in "Undo LABEL".  A step that is done while
 * another one is at work is part of that one, and is not remembered.  Takes `data`. */
void nullcurve_undo_stack_do (NullcurveUndoStack *self,
                              const char *label,
                              NullcurveUndoFunc func,
                              gpointer data,
                              GDestroyNotify destroy);

/* FALSE when there is nothing. */
gboolean nullcurve_undo_stack_undo (NullcurveUndoStack *self);
gboolean nullcurve_undo_stack_redo (NullcurveUndoStack *self);

/* NULL when there is nothing; owned by the stack. */
const char *nullcurve_undo_stack_get_undo_label (NullcurveUndoStack *self);
const char *nullcurve_undo_stack_get_redo_label (NullcurveUndoStack *self);

void nullcurve_undo_stack_clear (NullcurveUndoStack *self);

G_END_DECLS
