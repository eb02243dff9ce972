/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/undo-stack.h"

enum
{
  MAX_STEPS = 100
};

typedef struct Step
{
  char *label;
  NullcurveUndoFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Step;

struct _NullcurveUndoStack
{
  GObject parent_instance;

  GPtrArray *steps; /* of Step *, in the order they were done */
  guint n_done;     /* of these; the rest was taken back */
  gboolean at_work;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveUndoStack, nullcurve_undo_stack, G_TYPE_OBJECT)

static void
step_free (gpointer data)
{
  Step *step = data;
  if (step->destroy != NULL)
    step->destroy (step->data);
  g_free (step->label);
  g_free (step);
}

static void
work (NullcurveUndoStack *self, const Step *step, gboolean forward)
{
  self->at_work = TRUE;
  step->func (step->data, forward);
  self->at_work = FALSE;
}

void
nullcurve_undo_stack_do (NullcurveUndoStack *self,
                         const char *label,
                         NullcurveUndoFunc func,
                         gpointer data,
                         GDestroyNotify destroy)
{
  g_return_if_fail (NULLCURVE_IS_UNDO_STACK (self));
  if (self->at_work)
    {
      func (data, TRUE);
      if (destroy != NULL)
        destroy (data);
      return;
    }
  Step *step = g_new0 (Step, 1);
  *step = (Step){ .label = g_strdup (label), .func = func, .data = data, .destroy = destroy };
  g_ptr_array_set_size (self->steps, (int)self->n_done);
  g_ptr_array_add (self->steps, step);
  if (self->steps->len > MAX_STEPS)
    g_ptr_array_remove_index (self->steps, 0);
  self->n_done = self->steps->len;
  work (self, step, TRUE);
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
nullcurve_undo_stack_undo (NullcurveUndoStack *self)
{
  g_return_val_if_fail (NULLCURVE_IS_UNDO_STACK (self), FALSE);
  if (self->n_done == 0 || self->at_work)
    return FALSE;
  self->n_done--;
  work (self, g_ptr_array_index (self->steps, self->n_done), FALSE);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

gboolean
nullcurve_undo_stack_redo (NullcurveUndoStack *self)
{
  g_return_val_if_fail (NULLCURVE_IS_UNDO_STACK (self), FALSE);
  if (self->n_done == self->steps->len || self->at_work)
    return FALSE;
  self->n_done++;
  work (self, g_ptr_array_index (self->steps, self->n_done - 1), TRUE);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

const char *
nullcurve_undo_stack_get_undo_label (NullcurveUndoStack *self)
{
  g_return_val_if_fail (NULLCURVE_IS_UNDO_STACK (self), NULL);
  return self->n_done > 0 ? ((Step *)g_ptr_array_index (self->steps, self->n_done - 1))->label
                          : NULL;
}

const char *
nullcurve_undo_stack_get_redo_label (NullcurveUndoStack *self)
{
  g_return_val_if_fail (NULLCURVE_IS_UNDO_STACK (self), NULL);
  return self->n_done < self->steps->len
             ? ((Step *)g_ptr_array_index (self->steps, self->n_done))->label
             : NULL;
}

void
nullcurve_undo_stack_clear (NullcurveUndoStack *self)
{
  g_return_if_fail (NULLCURVE_IS_UNDO_STACK (self));
  self->n_done = 0;
  g_ptr_array_set_size (self->steps, 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
nullcurve_undo_stack_finalize (GObject *object)
{
  g_ptr_array_unref (NULLCURVE_UNDO_STACK (object)->steps);
  G_OBJECT_CLASS (nullcurve_undo_stack_parent_class)->finalize (object);
}

static void
nullcurve_undo_stack_class_init (NullcurveUndoStackClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_undo_stack_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_undo_stack_init (NullcurveUndoStack *self)
{
  self->steps = g_ptr_array_new_with_free_func (step_free);
}

NullcurveUndoStack *
nullcurve_undo_stack_new (void)
{
  return g_object_new (NULLCURVE_TYPE_UNDO_STACK, NULL);
}
