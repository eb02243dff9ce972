/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/setup-panel.h"

#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "ui/resources.h"
#include "ui/setup/setup-panel-private.h"

#include <glib/gi18n.h>
#include <string.h>

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveSetupPanel, nullcurve_setup_panel, ADW_TYPE_BIN)

static void
set_problem (NullcurveSetupPanel *self, const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
}

/* The fault is told at its field when it has one, and in the card always: the field may be out
 * of sight. */
static void
refuse (NullcurveSetupPanel *self, const MoeError *error)
{
  g_autofree char *sentence = nullcurve_setup_fields_sentence (self, error);
  nullcurve_setup_fields_show_error (self, error);
  nullcurve_forecast_card_show_problem (self->forecast, sentence);
  set_problem (self, sentence);
}

/* What is known for the present options; NULL while it is not. */
static const MoeAccelerator *
present_machine (NullcurveSetupPanel *self)
{
  return moe_accelerator_fits (&self->machine, &self->options) ? &self->machine : NULL;
}

static const char *
time_note (const MoeAccelerator *machine)
{
  return machine != NULL ? _ ("No rates of this machine") : _ ("Measuring this machine…");
}

static MoeStatus
forecast_plan (NullcurveSetupPanel *self, const MoePlan *plan, MoeError *error)
{
  const MoeAccelerator *machine = present_machine (self);
  const MoeCalibration *calibration =
      machine != NULL && machine->measured ? &machine->limits.calibration : NULL;
  MoeForecast forecast = { 0 };
  MoeStatus status =
      moe_forecast (plan, self->backend, calibration, moe_available_memory (), &forecast, error);
  if (status != MOE_OK)
    return status;
  MoeError fit = { 0 };
  const char *problem = NULL;
  if (moe_forecast_require_fit (plan, self->backend, &forecast, &fit) != MOE_OK)
    problem = fit.message;
  nullcurve_forecast_card_show (self->forecast, &forecast, plan->n_points, time_note (machine),
                                problem);
  set_problem (self, problem);
  return MOE_OK;
}

/* Until somebody has looked, any accelerator may be there. */
static MoeStatus
make_plan (NullcurveSetupPanel *self, MoePlan *plan, MoeError *error)
{
  MoeOptions options = self->options;
  if (self->backends == NULL)
    g_strlcpy (options.accelerator, "auto", sizeof options.accelerator);
  return moe_plan_new (&options, plan, error);
}

/* The backend that would run; with "auto" and before the rates are known, the first that can. */
static const MoeBackend *
find_backend (NullcurveSetupPanel *self, MoeError *error)
{
  const MoeAccelerator *machine = present_machine (self);
  const MoeBackend *backend =
      moe_accelerators_find (self->backends, self->options.accelerator, self->options.dtype, error);
  return backend != NULL && machine != NULL && machine->backend != NULL ? machine->backend
                                                                        : backend;
}

static MoeStatus
check_and_forecast (NullcurveSetupPanel *self, MoeError *error)
{
  self->backend = NULL;
  MoePlan plan = { 0 };
  MoeStatus status = make_plan (self, &plan, error);
  if (status != MOE_OK)
    return status;
  if (self->backends == NULL)
    {
      nullcurve_forecast_card_show_note (self->forecast, _ ("Looking at this machine…"));
      set_problem (self, NULL);
    }
  else if ((self->backend = find_backend (self, error)) == NULL)
    status = MOE_ERROR_UNSUPPORTED;
  else
    status = forecast_plan (self, &plan, error);
  moe_plan_clear (&plan);
  return status;
}

static void
refresh (NullcurveSetupPanel *self)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  MoeError error = { 0 };
  if (!nullcurve_setup_fields_store (self, &error) || check_and_forecast (self, &error) != MOE_OK)
    refuse (self, &error);
  nullcurve_setup_fields_explain (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* For those who ask before the pending refresh came round. */
static void
flush (NullcurveSetupPanel *self)
{
  if (self->refresh_id != 0)
    refresh (self);
}

static gboolean
refresh_idle_cb (gpointer data)
{
  NullcurveSetupPanel *self = data;
  self->refresh_id = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

const MoeAccelerators *
nullcurve_setup_panel_get_backends (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  return self->backends;
}

void
nullcurve_setup_panel_set_warning (NullcurveSetupPanel *self, const char *warning)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  nullcurve_forecast_card_set_warning (self->forecast, warning);
}

void
nullcurve_setup_panel_queue_refresh (NullcurveSetupPanel *self)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add (refresh_idle_cb, self);
}

static void
field_changed_cb (NullcurveSetupPanel *self)
{
  if (!self->loading)
    nullcurve_setup_panel_queue_refresh (self);
}

static void
fractions_selected_cb (NullcurveSetupPanel *self)
{
  if (self->loading)
    return;
  nullcurve_setup_panel_queue_refresh (self);
  flush (self);
  if (gtk_widget_get_visible (GTK_WIDGET (self->fraction_list)))
    gtk_widget_grab_focus (GTK_WIDGET (self->fraction_list));
}

static void
preset_selected_cb (NullcurveSetupPanel *self)
{
  if (self->loading)
    return;
  flush (self);
  nullcurve_setup_fields_take_preset (self);
  nullcurve_setup_panel_queue_refresh (self);
}

void
nullcurve_setup_panel_get_options (NullcurveSetupPanel *self, MoeOptions *options)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  flush (self);
  *options = self->options;
}

void
nullcurve_setup_panel_set_options (NullcurveSetupPanel *self, const MoeOptions *options)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  self->options = *options;
  nullcurve_setup_fields_load (self);
  refresh (self);
}

const char *
nullcurve_setup_panel_get_problem (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  return self->problem;
}

gboolean
nullcurve_setup_panel_get_trace (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), FALSE);
  return gtk_switch_get_active (self->trace);
}

const MoeBackend *
nullcurve_setup_panel_get_backend (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  return self->backend;
}

void
nullcurve_setup_panel_set_backends (NullcurveSetupPanel *self, MoeAccelerators *backends)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self) && backends != NULL);
  flush (self);
  moe_accelerators_ref (backends);
  g_clear_pointer (&self->backends, moe_accelerators_unref);
  self->backends = backends;
  nullcurve_setup_machine_follow (self);
  nullcurve_setup_machine_load (self);
  refresh (self);
}

void
nullcurve_setup_panel_set_machine (NullcurveSetupPanel *self, const MoeAccelerator *machine)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self) && machine != NULL);
  moe_accelerator_clear (&self->machine);
  moe_accelerator_copy (&self->machine, machine);
  nullcurve_setup_panel_queue_refresh (self);
}

const MoeAccelerator *
nullcurve_setup_panel_get_machine (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  return present_machine (self);
}

char *
nullcurve_setup_panel_dup_shape_name (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  const MoePreset *preset = moe_presets_match (&self->options);
  if (preset != NULL)
    return g_strdup (preset->name);
  char shape[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&self->options.shape, shape);
  return g_strdup (shape);
}

char *
nullcurve_setup_panel_describe (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  const MoePreset *preset = moe_presets_match (&self->options);
  g_autofree char *shape =
      preset != NULL ? g_strdup (preset->name) : moe_text_shape (&self->options.shape);
  g_autofree char *topk = moe_text_topk (&self->options);
  gboolean any = strcmp (self->options.accelerator, "auto") == 0;
  const char *backend = self->backend != NULL ? self->backend->title
                        : any                 ? _ ("automatic")
                                              : self->options.accelerator;
  return g_strdup_printf ("%s · %s · %s · %s %s", shape, topk, moe_text_pass (self->options.pass),
                          backend, moe_name_of (&moe_dtype_names, self->options.dtype));
}

void
nullcurve_setup_panel_focus_first (NullcurveSetupPanel *self)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->preset));
}

static void
nullcurve_setup_panel_dispose (GObject *object)
{
  NullcurveSetupPanel *self = NULLCURVE_SETUP_PANEL (object);
  /* Fields that go away must not call for another refresh. */
  self->loading = TRUE;
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  G_OBJECT_CLASS (nullcurve_setup_panel_parent_class)->dispose (object);
}

static void
nullcurve_setup_panel_finalize (GObject *object)
{
  NullcurveSetupPanel *self = NULLCURVE_SETUP_PANEL (object);
  g_free (self->problem);
  g_clear_pointer (&self->option_fields, g_ptr_array_unref);
  g_clear_pointer (&self->backends, moe_accelerators_unref);
  moe_accelerator_clear (&self->machine);
  G_OBJECT_CLASS (nullcurve_setup_panel_parent_class)->finalize (object);
}

static const struct
{
  const char *name;
  gssize offset;
} children[] = {
#define CHILD(member)                                                                              \
  {                                                                                                \
#member, G_STRUCT_OFFSET(NullcurveSetupPanel, member)                                          \
  }
  CHILD (preset_row),      CHILD (tokens_row),       CHILD (hidden_row),    CHILD (mlp_dim_row),
  CHILD (experts_row),     CHILD (topk_row),         CHILD (null_mode_row), CHILD (fractions_row),
  CHILD (renormalize_row), CHILD (dispatch_row),     CHILD (pass_row),      CHILD (accelerator_row),
  CHILD (iters_row),       CHILD (warmup_row),       CHILD (threads_row),   CHILD (seed_row),
  CHILD (null_seed_row),   CHILD (null_experts_row), CHILD (preset),        CHILD (null_mode),
  CHILD (fractions),       CHILD (dispatch),         CHILD (pass),          CHILD (accelerator),
  CHILD (tokens),          CHILD (hidden),           CHILD (mlp_dim),       CHILD (experts),
  CHILD (iters),           CHILD (warmup),           CHILD (threads),       CHILD (seed),
  CHILD (null_seed),       CHILD (null_experts),     CHILD (topk),          CHILD (fraction_list),
  CHILD (renormalize),     CHILD (advanced),         CHILD (forecast),      CHILD (dtype_row),
  CHILD (dtype),           CHILD (remat_row),        CHILD (remat),         CHILD (sample_time_row),
  CHILD (sample_time),     CHILD (advanced_group),   CHILD (trace),         CHILD (sampling),
  CHILD (precision_row),   CHILD (budget_row),       CHILD (starts_row),    CHILD (wait_quiet_row),
  CHILD (precision),       CHILD (budget),           CHILD (starts),        CHILD (wait_quiet),
#undef CHILD
};

static void
nullcurve_setup_panel_class_init (NullcurveSetupPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = nullcurve_setup_panel_dispose;
  object_class->finalize = nullcurve_setup_panel_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (NULLCURVE_TYPE_FIELD_ROW);
  g_type_ensure (NULLCURVE_TYPE_FORECAST_CARD);
  g_type_ensure (NULLCURVE_TYPE_TOPK_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "setup-panel.ui");
  for (gsize i = 0; i < G_N_ELEMENTS (children); i++)
    gtk_widget_class_bind_template_child_full (widget_class, children[i].name, FALSE,
                                               children[i].offset);
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, fractions_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, preset_selected_cb);
}

static void
nullcurve_setup_panel_init (NullcurveSetupPanel *self)
{
  self->loading = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  nullcurve_setup_options_init (self);
  nullcurve_setup_fields_init (self);
  moe_presets_init_options (&self->options);
  nullcurve_setup_fields_load (self);
  refresh (self);
}

GtkWidget *
nullcurve_setup_panel_new (void)
{
  return g_object_new (NULLCURVE_TYPE_SETUP_PANEL, NULL);
}
