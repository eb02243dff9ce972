/* SPDX-License-Identifier: Apache-2.0 */
/* The chart and the table on the clipboard. */
#include "ui/window/window-private.h"

#include "ui/export/export.h"
#include "ui/page/table-text.h"

#include <glib/gi18n.h>

/* As an image, which most programs take, and as a drawing, for those that can. */
static GdkContentProvider *
offer_chart (GBytes *png, GBytes *svg, GError **error)
{
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, error);
  if (texture == NULL)
    return NULL;
  GdkContentProvider *offers[] = {
    gdk_content_provider_new_for_bytes ("image/png", png),
    gdk_content_provider_new_for_bytes ("image/svg+xml", svg),
    gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture),
  };
  return gdk_content_provider_new_union (offers, G_N_ELEMENTS (offers));
}

static gboolean
copy_chart (NullcurveWindow *self, GError **error)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_window_make_figure (self);
  g_autofree char *caption = NULL, *provenance = NULL;
  NullcurveExportOptions options;
  nullcurve_window_get_export_options (self, &options, &caption, &provenance);
  const char *name = _ ("on the clipboard");
  g_autoptr (GBytes) png =
      nullcurve_chart_export_bytes (figure, NULLCURVE_EXPORT_PNG, name, &options, error);
  g_autoptr (GBytes) svg = png != NULL ? nullcurve_chart_export_bytes (figure, NULLCURVE_EXPORT_SVG,
                                                                       name, &options, error)
                                       : NULL;
  g_autoptr (GdkContentProvider) offer = svg != NULL ? offer_chart (png, svg, error) : NULL;
  return offer != NULL
         && gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), offer);
}

void
nullcurve_window_copy_chart (NullcurveWindow *self)
{
  g_autoptr (GError) error = NULL;
  if (copy_chart (self, &error))
    nullcurve_window_toast (self, _ ("Chart copied"));
  else
    nullcurve_window_show_error (self, _ ("Could Not Copy"), error != NULL ? error->message : "");
}

void
nullcurve_window_copy_table (NullcurveWindow *self, const char *format)
{
  g_autofree char *text =
      nullcurve_table_text (nullcurve_points_table_get_rows (self->table), format);
  if (text == NULL)
    {
      nullcurve_window_toast (self, _ ("There are no points to copy yet"));
      return;
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  nullcurve_window_toast (self, _ ("Table copied"));
}
