/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/answer-tiles.h"

#include <glib/gi18n.h>

#include "ui/views/where.h"
#include "ui/words/tiles.h"

struct _NullcurveAnswerTiles
{
  AdwBin parent_instance;

  GtkWidget *buttons[NULLCURVE_N_TILES];
  GtkLabel *values[NULLCURVE_N_TILES];
  GtkLabel *notes[NULLCURVE_N_TILES];

  MoeRun *run;
  guint64 changes; /* of the run, when it was judged */
  gssize curve;    /* that they are of; -1: none */
};

G_DEFINE_FINAL_TYPE (NullcurveAnswerTiles, nullcurve_answer_tiles, ADW_TYPE_BIN)

static void
show_tile (NullcurveAnswerTiles *self, int tile, const char *value, const char *note)
{
  GtkWidget *button = self->buttons[tile];
  g_autofree char *words =
      g_strdup_printf ("%s\n%s", value != NULL ? value : "", note != NULL ? note : "");

  gtk_widget_set_visible (button, value != NULL);
  if (value == NULL)
    return;
  gtk_label_set_label (self->values[tile], value);
  gtk_label_set_label (self->notes[tile], note);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

static void
judge (NullcurveAnswerTiles *self)
{
  g_autoptr (GPtrArray) findings =
      self->run != NULL ? moe_findings_new (&self->run, 1) : g_ptr_array_new ();
  NullcurveTiles tiles;

  nullcurve_tiles_init (&tiles, findings);
  self->curve = tiles.record != NULL ? nullcurve_where_find_curve (self->run, tiles.record) : -1;
  for (int i = 0; i < NULLCURVE_N_TILES; i++)
    show_tile (self, i, tiles.values[i], tiles.notes[i]);
  gtk_widget_set_visible (GTK_WIDGET (self), tiles.record != NULL);
  nullcurve_tiles_clear (&tiles);
}

void
nullcurve_answer_tiles_set_run (NullcurveAnswerTiles *self, MoeRun *run)
{
  const guint64 changes = run != NULL ? moe_run_get_changes (run) : 0;

  g_return_if_fail (NULLCURVE_IS_ANSWER_TILES (self));
  if (self->run == run && self->changes == changes)
    return;
  if (run != NULL)
    moe_run_ref (run);
  g_clear_pointer (&self->run, moe_run_unref);
  self->run = run;
  self->changes = changes;
  judge (self);
}

static void
clicked_cb (NullcurveAnswerTiles *self)
{
  g_signal_emit_by_name (self, "asked", (guint)MAX (self->curve, 0));
}

static GtkLabel *
add_label (GtkBox *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

enum
{
  REST_CHARS = 20 /* that are asked for: what is said at length is no reason to fold a list away */
};

/* Of tiles that have nothing to say yet. */
static const char *const names[NULLCURVE_N_TILES] = {
  [NULLCURVE_TILE_GAIN] = N_ ("What null routing buys"),
  [NULLCURVE_TILE_SHARE] = N_ ("Share of the ideal"),
  [NULLCURVE_TILE_REST] = N_ ("What eats the rest"),
};

static void
add_tile (NullcurveAnswerTiles *self, GtkBox *row, int tile)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new ();

  self->values[tile] = add_label (GTK_BOX (words), "tile-value");
  self->notes[tile] = add_label (GTK_BOX (words), "tile-note");
  gtk_button_set_child (GTK_BUTTON (button), words);
  gtk_widget_add_css_class (button, "tile");
  gtk_widget_set_tooltip_text (button, _ (names[tile]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (names[tile]), -1);
  /* What eats the rest has the most to say: it takes the room that is left, and asks for little. */
  if (tile == NULLCURVE_TILE_REST)
    {
      gtk_widget_set_hexpand (button, TRUE);
      gtk_label_set_max_width_chars (self->values[tile], REST_CHARS);
    }
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked_cb), self);
  self->buttons[tile] = button;
  gtk_box_append (row, button);
}

static void
nullcurve_answer_tiles_dispose (GObject *object)
{
  g_clear_pointer (&NULLCURVE_ANSWER_TILES (object)->run, moe_run_unref);
  G_OBJECT_CLASS (nullcurve_answer_tiles_parent_class)->dispose (object);
}

static void
nullcurve_answer_tiles_class_init (NullcurveAnswerTilesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = nullcurve_answer_tiles_dispose;
  g_signal_new ("asked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
nullcurve_answer_tiles_init (NullcurveAnswerTiles *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  gtk_widget_add_css_class (row, "tiles");
  for (int i = 0; i < NULLCURVE_N_TILES; i++)
    add_tile (self, GTK_BOX (row), i);
  adw_bin_set_child (ADW_BIN (self), row);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  self->curve = -1;
}
