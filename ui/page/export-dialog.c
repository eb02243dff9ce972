/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/export-dialog.h"

#include "ui/resources.h"

#include <glib/gi18n.h>
#include <math.h>

static const double PIXELS_PER_INCH = 96.0;

/* A number that is asked for, in steps of so much. */
static const struct
{
  const char *title;
  double step;
  guint digits;
} numbers[NULLCURVE_N_EXPORT_NUMBERS] = {
  [NULLCURVE_EXPORT_WIDTH] = { N_ ("Width, inches"), 0.05, 2 },
  [NULLCURVE_EXPORT_HEIGHT] = { N_ ("Height, inches"), 0.05, 2 },
  [NULLCURVE_EXPORT_LETTERS] = { N_ ("Letters, points"), 0.5, 1 },
  [NULLCURVE_EXPORT_DPI] = { N_ ("Resolution, dpi"), 1, 0 },
};

/* What is there or not. */
enum
{
  FLAG_TITLE,
  FLAG_LEGEND,
  FLAG_CAPTION,
  N_FLAGS
};

static const struct
{
  const char *title;
  const char *subtitle;
  gsize offset; /* in the choice */
} flags[N_FLAGS] = {
  [FLAG_TITLE] = { N_ ("Title"), NULL, offsetof (NullcurveExportChoice, options.title) },
  [FLAG_LEGEND] = { N_ ("Legend"), NULL, offsetof (NullcurveExportChoice, options.legend) },
  [FLAG_CAPTION] = { N_ ("Caption"), N_ ("Machine, library and date of each run"),
                     offsetof (NullcurveExportChoice, caption) },
};

struct _NullcurveExportDialog
{
  AdwWindow parent_instance;

  GtkWidget *save_button;
  GtkDrawingArea *preview;
  AdwComboRow *format;
  AdwComboRow *size;
  AdwComboRow *look;
  AdwPreferencesGroup *sizes;
  AdwPreferencesGroup *looks;
  GtkLabel *pixels;
  GtkLabel *fit;
  GtkSpinButton *numbers[NULLCURVE_N_EXPORT_NUMBERS];
  GtkSwitch *flags[N_FLAGS];

  GtkEditable *title;
  AdwComboRow *panels; /* all, or one alone */

  NullcurveFigure *figure;
  char *own_title; /* of the figure, before anybody typed another */
  char *caption_text;
  NullcurveExportChoice choice;
  NullcurveExportFit fitted; /* what it comes out as */
  gboolean loading;          /* fields are being set by the program */
};

G_DEFINE_FINAL_TYPE (NullcurveExportDialog, nullcurve_export_dialog, ADW_TYPE_WINDOW)

enum
{
  SAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gboolean *
flag_of (NullcurveExportDialog *self, int flag)
{
  return G_STRUCT_MEMBER_P (&self->choice, flags[flag].offset);
}

static GtkWidget *
row_of (gpointer widget)
{
  return gtk_widget_get_ancestor (widget, ADW_TYPE_ACTION_ROW);
}

/* What is drawn: with the caption where it is wanted. */
static NullcurveExportOptions
options_of (NullcurveExportDialog *self)
{
  NullcurveExportOptions options = self->choice.options;
  options.caption = self->choice.caption ? self->caption_text : NULL;
  return options;
}

static void
describe_pixels (NullcurveExportDialog *self, double height)
{
  const NullcurveExportOptions *options = &self->choice.options;
  double scale = options->dpi / PIXELS_PER_INCH;
  gboolean bitmap = self->choice.format == NULLCURVE_EXPORT_PNG;
  /* Translators: size of an image in pixels */
  g_autofree char *text =
      bitmap ? g_strdup_printf (_ ("%.0f × %.0f pixels"), round (options->width * scale),
                                round (height * scale))
             : g_strdup (_ ("Vector drawing: sharp at any size"));
  gtk_label_set_label (self->pixels, text);
}

/* What is left out for want of room; whoever exports should know before. */
static void
describe_fit (NullcurveExportDialog *self, const NullcurveExportFit *fit)
{
  g_autofree char *charts =
      g_strdup_printf (_ ("%zu of %zu charts fit at this size; a greater height shows more"),
                       fit->n_panels, fit->n_wanted);
  g_autofree char *names = g_strdup_printf (
      g_dngettext (
          NULL, "%zu curve is not named at this size; a greater height or smaller letters name it",
          "%zu curves are not named at this size; a greater height or smaller letters name them",
          fit->n_unnamed),
      fit->n_unnamed);
  g_autofree char *height = g_strdup_printf (_ ("%.2f inches high, so that every curve is named"),
                                             fit->height / PIXELS_PER_INCH);
  const char *text = fit->n_panels < fit->n_wanted               ? charts
                     : fit->n_unnamed > 0                        ? names
                     : fit->height > self->choice.options.height ? height
                                                                 : "";
  gtk_label_set_label (self->fit, text);
  gtk_widget_set_visible (GTK_WIDGET (self->fit), *text != '\0');
}

/* What the choice says, in the fields. */
static void
show_choice (NullcurveExportDialog *self)
{
  self->loading = TRUE;
  adw_combo_row_set_selected (self->format, (guint)self->choice.format);
  adw_combo_row_set_selected (self->size, (guint)self->choice.preset);
  adw_combo_row_set_selected (self->look, (guint)nullcurve_export_choice_get_look (&self->choice));
  for (int i = 0; i < NULLCURVE_N_EXPORT_NUMBERS; i++)
    gtk_spin_button_set_value (self->numbers[i], nullcurve_export_choice_get_number (
                                                     &self->choice, (NullcurveExportNumber)i));
  for (int i = 0; i < N_FLAGS; i++)
    gtk_switch_set_active (self->flags[i],
                           *flag_of (self, i) && (i != FLAG_CAPTION || self->caption_text != NULL));
  gtk_widget_set_visible (row_of (self->flags[FLAG_CAPTION]), self->caption_text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->title), *flag_of (self, FLAG_TITLE));
  gtk_widget_set_sensitive (row_of (self->numbers[NULLCURVE_EXPORT_DPI]),
                            self->choice.format == NULLCURVE_EXPORT_PNG);
  NullcurveExportOptions options = options_of (self);
  nullcurve_chart_export_fit (self->figure, &options, &self->fitted);
  describe_pixels (self, self->fitted.height);
  describe_fit (self, &self->fitted);
  self->loading = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self->preview));
}

static void
changed_cb (NullcurveExportDialog *self)
{
  NullcurveExportChoice *choice = &self->choice;
  if (self->loading)
    return;
  choice->format = (NullcurveExportFormat)adw_combo_row_get_selected (self->format);
  nullcurve_export_choice_set_look (choice,
                                    (NullcurveExportLook)adw_combo_row_get_selected (self->look));
  nullcurve_export_choice_set_number (
      choice, NULLCURVE_EXPORT_DPI,
      gtk_spin_button_get_value (self->numbers[NULLCURVE_EXPORT_DPI]));
  for (int i = 0; i < N_FLAGS; i++)
    *flag_of (self, i) = gtk_switch_get_active (self->flags[i]);
  show_choice (self);
}

static void
title_changed_cb (NullcurveExportDialog *self)
{
  if (self->figure == NULL)
    return;
  nullcurve_figure_set_text (&self->figure->title, gtk_editable_get_text (self->title));
  show_choice (self);
}

gssize
nullcurve_export_dialog_get_panel (NullcurveExportDialog *self)
{
  g_return_val_if_fail (NULLCURVE_IS_EXPORT_DIALOG (self), -1);
  return (gssize)adw_combo_row_get_selected (self->panels) - 1;
}

static void
panel_changed_cb (NullcurveExportDialog *self)
{
  if (self->figure == NULL || self->loading)
    return;
  nullcurve_figure_show_panel (self->figure, nullcurve_export_dialog_get_panel (self));
  show_choice (self);
}

/* A waterfall and what stands beside it are one. */
static void
list_panels (NullcurveExportDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("All"));
  for (gsize i = 0; i < self->figure->n_panels; i++)
    gtk_string_list_append (names, nullcurve_panel_brief (&self->figure->panels[i]));
  self->loading = TRUE;
  adw_combo_row_set_model (self->panels, G_LIST_MODEL (names));
  self->loading = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->panels),
                          self->figure->n_panels > 1 && self->figure->bars == NULL);
}

/* Whoever changes a size leaves the preset.  A size that reads the same is the same: 13.33 of a
 * slide is 40/3 inches, and no pixel less. */
static void
size_changed_cb (NullcurveExportDialog *self)
{
  if (self->loading)
    return;
  for (int i = 0; i < NULLCURVE_EXPORT_DPI; i++)
    {
      const double shown = gtk_spin_button_get_value (self->numbers[i]);
      const double kept =
          nullcurve_export_choice_get_number (&self->choice, (NullcurveExportNumber)i);
      if (fabs (shown - kept) >= 0.51 * pow (10.0, -(double)numbers[i].digits))
        nullcurve_export_choice_set_number (&self->choice, (NullcurveExportNumber)i, shown);
    }
  show_choice (self);
}

static void
preset_changed_cb (NullcurveExportDialog *self)
{
  if (self->loading)
    return;
  nullcurve_export_choice_set_preset (
      &self->choice, (NullcurveExportPreset)adw_combo_row_get_selected (self->size));
  show_choice (self);
}

/* The sheet as large as it fits, on a shadow that tells it from what is around. */
static void
draw_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  NullcurveExportDialog *self = data;
  NullcurveExportOptions options = options_of (self);
  options.height = self->fitted.height;
  options.may_grow = FALSE;
  double scale = fmin (width / options.width, height / options.height);
  cairo_translate (cr, 0.5 * (width - scale * options.width),
                   0.5 * (height - scale * options.height));
  cairo_scale (cr, scale, scale);
  cairo_rectangle (cr, 0, 0, options.width, options.height);
  cairo_clip (cr);
  nullcurve_chart_export_draw (cr, self->figure, &options);
}

static void
save_cb (NullcurveExportDialog *self)
{
  /* What is being typed counts. */
  for (int i = 0; i < NULLCURVE_N_EXPORT_NUMBERS; i++)
    gtk_spin_button_update (self->numbers[i]);
  g_signal_emit (self, signals[SAVE], 0);
}

void
nullcurve_export_dialog_get_choice (NullcurveExportDialog *self, NullcurveExportChoice *choice)
{
  g_return_if_fail (NULLCURVE_IS_EXPORT_DIALOG (self));
  *choice = self->choice;
}

char *
nullcurve_export_dialog_dup_title (NullcurveExportDialog *self)
{
  g_return_val_if_fail (NULLCURVE_IS_EXPORT_DIALOG (self), NULL);
  const char *typed = gtk_editable_get_text (self->title);
  return g_strcmp0 (typed, self->own_title) == 0 ? NULL : g_strdup (typed);
}

static void
nullcurve_export_dialog_finalize (GObject *object)
{
  NullcurveExportDialog *self = NULLCURVE_EXPORT_DIALOG (object);
  g_clear_pointer (&self->figure, nullcurve_figure_free);
  g_free (self->own_title);
  g_free (self->caption_text);
  G_OBJECT_CLASS (nullcurve_export_dialog_parent_class)->finalize (object);
}

static void
nullcurve_export_dialog_class_init (NullcurveExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = nullcurve_export_dialog_finalize;
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, format);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, size);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, look);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, sizes);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, looks);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, pixels);
  gtk_widget_class_bind_template_child (widget_class, NullcurveExportDialog, fit);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, preset_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle, GtkWidget *widget)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  adw_preferences_group_add (group, row);
}

static void
add_title (NullcurveExportDialog *self)
{
  GtkWidget *title = adw_entry_row_new ();
  self->title = GTK_EDITABLE (title);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (title), _ ("Words of the title"));
  adw_preferences_group_add (self->looks, title);
  g_signal_connect_swapped (title, "changed", G_CALLBACK (title_changed_cb), self);
}

static void
add_rows (NullcurveExportDialog *self)
{
  for (int i = 0; i < NULLCURVE_N_EXPORT_NUMBERS; i++)
    {
      double least, most;
      nullcurve_export_number_range ((NullcurveExportNumber)i, &least, &most);
      GtkAdjustment *adjustment =
          gtk_adjustment_new (0, least, most, numbers[i].step, 10 * numbers[i].step, 0);
      GtkWidget *spin = gtk_spin_button_new (adjustment, 0, numbers[i].digits);

      self->numbers[i] = GTK_SPIN_BUTTON (spin);
      add_row (self->sizes, _ (numbers[i].title), NULL, spin);
      g_signal_connect_swapped (
          spin, "value-changed",
          G_CALLBACK (i == NULLCURVE_EXPORT_DPI ? changed_cb : size_changed_cb), self);
    }
  GtkWidget *panels = adw_combo_row_new ();
  self->panels = ADW_COMBO_ROW (panels);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (panels), _ ("Charts"));
  adw_preferences_group_add (self->looks, panels);
  g_signal_connect_swapped (panels, "notify::selected", G_CALLBACK (panel_changed_cb), self);
  for (int i = 0; i < N_FLAGS; i++)
    {
      GtkWidget *toggle = gtk_switch_new ();

      self->flags[i] = GTK_SWITCH (toggle);
      add_row (self->looks, _ (flags[i].title),
               flags[i].subtitle != NULL ? _ (flags[i].subtitle) : NULL, toggle);
      g_signal_connect_swapped (toggle, "notify::active", G_CALLBACK (changed_cb), self);
      if (i == FLAG_TITLE)
        add_title (self);
    }
}

static void
nullcurve_export_dialog_init (NullcurveExportDialog *self)
{
  self->loading = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_rows (self);
  gtk_drawing_area_set_draw_func (self->preview, draw_cb, self, NULL);
}

GtkWidget *
nullcurve_export_dialog_new (GtkWindow *parent,
                             NullcurveFigure *figure,
                             const char *caption,
                             const NullcurveExportChoice *choice)
{
  NullcurveExportDialog *self =
      g_object_new (NULLCURVE_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  self->figure = figure;
  self->caption_text = g_strdup (caption);
  self->choice = *choice;
  list_panels (self);
  self->own_title = g_strdup (figure->title != NULL ? figure->title : "");
  gtk_editable_set_text (self->title, self->own_title);
  show_choice (self);
  /* Enter saves what was chosen last time. */
  gtk_widget_grab_focus (self->save_button);
  return GTK_WIDGET (self);
}
